import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import * as esbuild from 'esbuild'
import { images } from '../../terraform/settings.ts'
import { buildOptions } from '../build/build.ts'

export type Bundles = ReturnType<typeof bundlesIn>

/**
 * Builds the images' bundles into a local folder.
 * @param minify false keeps variable names for a debugger.
 */
export function bundlesIn(directory: string, minify = true) {
  const hashes = new Map<string, string>()
  const folder = (image: string) => join(directory, image)
  return {
    /** Folder of an image's bundle. */
    folder,

    /**
     * Builds the bundles. If one fails, all files stay unchanged.
     * @returns the images whose code has changed.
     * @throws Error with a line per build error, `functions/items/handler.ts:12:5: …`.
     */
    async build(which: readonly string[] = images): Promise<string[]> {
      const options = { minify, write: false, logLevel: 'silent' } as const
      const builds = which.map(async (image) => {
        const { outputFiles } = await esbuild.build({ ...buildOptions(image, folder(image)), ...options })
        return { image, outputFiles, hash: outputFiles.map((file) => file.hash).join() }
      })
      const results = await Promise.allSettled(builds)
      // esbuild's service process would keep 150 MB.
      await esbuild.stop()
      const mistakes = results.flatMap((result) => (result.status === 'rejected' ? describe(result.reason) : []))
      if (mistakes.length > 0) throw new Error(mistakes.join('\n'))
      await mkdir(directory, { recursive: true })
      // The project's package.json says `module`; bundles are CommonJS.
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

/** Images affected by changed files (relative to `functions/`). A file outside of the images' folders may affect all of them. */
export function imagesOf(files: readonly string[]): readonly string[] {
  const folders = new Set(files.map((file) => file.split(sep)[0]))
  const own = images.filter((image) => folders.has(image))
  return own.length === folders.size ? own : images
}

/** Replaces a file atomically: an execution environment may be starting from it. */
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
