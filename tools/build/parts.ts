import { basename, join } from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * Code splitting for CommonJS, which esbuild offers for ES modules only. A source loaded by `import('./secret-reader.ts')` or
 * `require('./errors.js?part=driver-errors')` becomes its own file beside the bundle, loaded on first use.
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
