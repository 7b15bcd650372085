import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import * as esbuild from 'esbuild'
import { images } from '../../terraform/settings.ts'
import { buildOptions } from '../build/build.ts'

export type Bundles = ReturnType<typeof bundlesIn>

/**
 * The bundles that the images hold, kept up to date in a folder of this machine.
 * @param minify false for a debugger, which shows names of variables as they are.
 */
export function bundlesIn(directory: string, minify = true) {
  const hashes = new Map<string, string>()
  const folder = (image: string) => join(directory, image)
  return {
    /** Folder of an image's bundle. */
    folder,

    /**
     * Builds the bundles; where one does not build, all stay as they are.
     * @returns the images whose code has changed.
     * @throws Error with a line for each mistake in the sources, `functions/items/handler.ts:12:5: …`.
     */
    async build(which: readonly string[] = images): Promise<string[]> {
      const options = { minify, write: false, logLevel: 'silent' } as const
      const builds = which.map(async (image) => {
        const { outputFiles } = await esbuild.build({ ...buildOptions(image, folder(image)), ...options })
        return { image, outputFiles, hash: outputFiles.map((file) => file.hash).join() }
      })
      const results = await Promise.allSettled(builds)
      // Its process would keep 150 MB.
      await esbuild.stop()
      const mistakes = results.flatMap((result) => (result.status === 'rejected' ? describe(result.reason) : []))
      if (mistakes.length > 0) throw new Error(mistakes.join('\n'))
      await mkdir(directory, { recursive: true })
      // The project is of type module, its bundles are not.
      await writeFile(join(directory, 'package.json'), '{ "type": "commonjs" }\n')
      const changed = (await Promise.all(builds)).filter(({ image, hash }) => hash !== hashes.get(image))
      for (const { image, outputFiles, hash } of changed) {
        for (const file of outputFiles) await replace(file.path, file.contents)
        hashes.set(image, hash)
      }
      return changed.map(({ image }) => image)
    },
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

function describe({ message, errors = [] }: Partial<esbuild.BuildFailure>): string {
  const lines = errors.map(({ text, location }) =>
    location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text,
  )
  return lines.join('\n') || String(message)
}
