import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import * as esbuild from 'esbuild'
import { buildOptions, type Image, images } from '../scripts/build.ts'

/** The bundles that the images hold, kept up to date in a folder of this machine. */
export class Bundles {
  readonly #directory: string
  readonly #hashes = new Map<Image, string>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Folder of an image's bundle. */
  folder(image: string): string {
    return join(this.#directory, image)
  }

  /**
   * Builds the bundles; where one does not build, all stay as they are.
   * @returns the images whose code has changed.
   * @throws Error with a line for each mistake in the sources, `functions/rds/handler.ts:12:5: …`.
   */
  async build(which: readonly Image[] = images): Promise<Image[]> {
    try {
      const outputs = await Promise.all(which.map((image) => bundle(image, this.folder(image))))
      await mkdir(this.#directory, { recursive: true })
      // The project is of type module, its bundles are not.
      await writeFile(join(this.#directory, 'package.json'), '{ "type": "commonjs" }\n')
      const changed: Image[] = []
      for (const { image, files } of outputs) {
        const hash = files.map((file) => file.hash).join()
        if (hash === this.#hashes.get(image)) continue
        for (const file of files) await replace(file.path, file.contents)
        this.#hashes.set(image, hash)
        changed.push(image)
      }
      return changed
    } finally {
      // esbuild's process would keep 180 MB to build 50 ms faster the next time.
      await esbuild.stop()
    }
  }
}

async function bundle(image: Image, folder: string) {
  try {
    const { outputFiles } = await esbuild.build({ ...buildOptions(image, folder), write: false, logLevel: 'silent' })
    return { image, files: outputFiles }
  } catch (error) {
    const { errors } = error as Partial<esbuild.BuildFailure>
    throw errors ? new Error(errors.map(describe).join('\n')) : error
  }
}

/** The images that a change of these files, relative to `functions/`, may change: what is in no image's folder is in all images. */
export function imagesOf(files: readonly string[]): readonly Image[] {
  const folders = new Set(files.map((file) => file.split(sep)[0]))
  const own = images.filter((image) => folders.has(image))
  return own.length === folders.size ? own : images
}

/** An execution environment that starts meanwhile reads the old file or the new one, never half of it. */
async function replace(file: string, contents: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, contents)
  await rename(`${file}.new`, file)
}

function describe({ text, location }: esbuild.Message): string {
  return location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text
}
