import { basename, join } from 'node:path'
import * as esbuild from 'esbuild'

/** Sources that become files of their own beside a bundle, by the name of the file. */
export type Parts = Map<string, string>

/**
 * A source that is imported by a call, `import('./secret-reader.ts')`, is a file of its own, which is read when the call is made:
 * esbuild splits only ES modules.
 * @param options of the bundle, by which the parts are built too.
 */
export const buildParts = (parts: Parts, options: esbuild.BuildOptions): esbuild.Plugin => ({
  name: 'parts',
  setup({ onResolve, onEnd, initialOptions: { write } }) {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined
      const name = basename(path, '.ts')
      parts.set(name, join(resolveDir, path))
      return { path: `./${name}.js`, external: true }
    })
    onEnd(async (result) => {
      if (result.errors.length > 0 || parts.size === 0) return
      const own: Parts = new Map()
      const built = await esbuild.build({
        ...options,
        entryPoints: Object.fromEntries(parts),
        plugins: [...(options.plugins ?? []), buildParts(own, options)],
        ...(write === false && { write }),
        ...(result.metafile && { metafile: true }),
      })
      result.outputFiles?.push(...(built.outputFiles ?? []))
      Object.assign(result.metafile?.inputs ?? {}, built.metafile?.inputs)
      Object.assign(result.metafile?.outputs ?? {}, built.metafile?.outputs)
    })
  },
})
