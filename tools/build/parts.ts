import { basename, join } from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * A source that is imported by a call, `import('./secret-reader.ts')`, or required as `./errors.js?part=driver-errors`, is a file of its own
 * beside the bundle, read when the call is made: esbuild splits only ES modules.
 */
export const parts: Plugin = {
  name: 'parts',
  setup({ onResolve, onEnd, initialOptions, esbuild }) {
    const found: Record<string, string> = {}
    onResolve({ filter: /^\.{1,2}\/.*(\.ts|\?part=.*)$/ }, ({ path, kind, resolveDir }) => {
      const [file = '', name = basename(file, '.ts')] = path.split('?part=')
      if (kind !== 'dynamic-import' && file === path) return undefined
      found[name] = join(resolveDir, file)
      return { path: `./${name}.js`, external: true }
    })
    onEnd(async ({ errors, outputFiles, metafile }) => {
      if (errors.length > 0 || Object.keys(found).length === 0) return
      const built = await esbuild.build({ ...initialOptions, entryPoints: found })
      outputFiles?.push(...(built.outputFiles ?? []))
      Object.assign(metafile?.inputs ?? {}, built.metafile?.inputs)
      Object.assign(metafile?.outputs ?? {}, built.metafile?.outputs)
    })
  },
}
