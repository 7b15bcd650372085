import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import * as esbuild from 'esbuild'
import { buildOptions } from '../build/build.ts'
import { images } from '../build/images.ts'

/** The bundles that the images hold, kept up to date in a folder of this machine. */
export class Bundles {
  readonly #directory: string
  readonly #minify: boolean
  readonly #hashes = new Map<string, string>()
  readonly #contexts = new Map<string, esbuild.BuildContext<{ write: false }>>()
  #timer: NodeJS.Timeout | undefined

  /** @param minify false for a debugger, which shows names of variables as they are. */
  constructor(directory: string, minify = true) {
    this.#directory = directory
    this.#minify = minify
  }

  /** Folder of an image's bundle. */
  folder(image: string): string {
    return join(this.#directory, image)
  }

  /**
   * Builds the bundles; where one does not build, all stay as they are.
   * @param warm milliseconds for which esbuild keeps what it has read, so that the next build takes half the time; it is 150 MB.
   * @returns the images whose code has changed.
   * @throws Error with a line for each mistake in the sources, `functions/items/handler.ts:12:5: …`.
   */
  async build(which: readonly string[] = images, warm = 0): Promise<string[]> {
    clearTimeout(this.#timer)
    try {
      const outputs = await Promise.all(which.map((image) => this.#bundle(image)))
      await mkdir(this.#directory, { recursive: true })
      // The project is of type module, its bundles are not.
      await writeFile(join(this.#directory, 'package.json'), '{ "type": "commonjs" }\n')
      const changed: string[] = []
      for (const { image, files } of outputs) {
        const hash = files.map((file) => file.hash).join()
        if (hash === this.#hashes.get(image)) continue
        for (const file of files) await replace(file.path, file.contents)
        this.#hashes.set(image, hash)
        changed.push(image)
      }
      return changed
    } finally {
      if (warm > 0) this.#timer = setTimeout(() => this.stop(), warm).unref()
      else await this.stop()
    }
  }

  /** Ends esbuild's process. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#contexts.clear()
    await esbuild.stop()
  }

  async #bundle(image: string) {
    const built = buildOptions(image, this.folder(image))
    const options = { ...built, minify: this.#minify, write: false, logLevel: 'silent' } as const
    const context = this.#contexts.get(image) ?? (await esbuild.context(options))
    this.#contexts.set(image, context)
    try {
      const { outputFiles } = await context.rebuild()
      return { image, files: outputFiles }
    } catch (error) {
      const { errors } = error as Partial<esbuild.BuildFailure>
      throw errors ? new Error(errors.map(describe).join('\n')) : error
    }
  }
}

/** The images that a change of these files, relative to `functions/`, may change: what is in no image's folder is in all images. */
export function imagesOf(files: readonly string[]): readonly string[] {
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
