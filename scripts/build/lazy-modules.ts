import { builtinModules, createRequire } from 'node:module'
import type { Plugin } from 'esbuild'

const require = createRequire(import.meta.url)

/** Loaded by Node.js itself before any function, or more than an object of exports. */
const EAGER = /^(assert|buffer|events|module|path|process|stream|timers|util|test)$/

/**
 * Loads Node.js's own modules when something of them is first used. Packages name them all at their top: `http`, `https`, `tls` and
 * `zlib` cost a cold start more than all of a function's code, and most requests need none of them.
 * In place of a module stands an object with a getter for each of its exports.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    const names = builtinModules.filter((name) => /^[a-z0-9_/]+$/.test(name) && !/^_/.test(name) && !EAGER.test(name))
    const namespace = 'lazy-builtin'
    build.onResolve({ filter: new RegExp(`^(node:)?(${names.join('|')})$`) }, ({ path, importer, namespace: from }) =>
      from === namespace || importer.endsWith('start.cjs')
        ? { path, external: true }
        : { path: path.replace(/^node:/, ''), namespace },
    )
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `let loaded
        for (const name of ${JSON.stringify(Object.keys(require(path)).join())}.split(','))
          Object.defineProperty(exports, name, { enumerable: true, get: () => (loaded ??= require('node:${path}'))[name] })`,
    }))
  },
}
