/**
 * Entry of an image. Runs `function.js`, the bundle beside it, from V8's compile cache in `function.cache`: a cold start compiles nothing.
 * Parts that the bundle requires later load the same way. The image's build creates the caches; without one, Node.js loads the file as usual.
 *
 * NODE_COMPILE_CACHE does not work here: its folder is named after the user id, which differs between build and Lambda.
 */
'use strict'
const { existsSync, readFileSync } = require('node:fs')
const { Script, constants } = require('node:vm')

// Without `start-node`, Lambda passes --expose-gc: Node.js recompiles its own modules, and V8 would reject the caches here.
// This restores the flags that both were built with. `gc` stays.
if (globalThis.gc) require('node:v8').setFlagsFromString('--no-expose-gc')

const head = '(function (exports, require, module, __filename, __dirname) {'
const REFUSED = 'V8 refuses the compile cache: another Node.js or other flags made it. Rebuild the image'

/** Exports by part name. */
const loaded = new Map()

function load(name) {
  const filename = `${__dirname}/${name}.js`
  const cache = `${__dirname}/${name}.cache`
  if (!loaded.has(name)) loaded.set(name, existsSync(cache) ? fromCache(filename, cache) : require(filename))
  return loaded.get(name)
}

function fromCache(filename, cache) {
  const cachedData = readFileSync(cache)
  const script = new Script(`${head}${readFileSync(filename, 'latin1')}\n})`, {
    filename,
    cachedData,
    columnOffset: -head.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  if (script.cachedDataRejected)
    process.stdout.write(
      `${JSON.stringify({ timestamp: new Date().toISOString(), level: 'warn', message: REFUSED })}\n`,
    )
  // Frees the cache, which V8 has read: garbage collection would run only after the memory peak.
  cachedData.buffer.transfer(0)
  const part = { exports: {} }
  const requirePart = (id) => (id.startsWith('./') ? load(id.slice(2, -3)) : require(id))
  script.runInThisContext()(part.exports, requirePart, part, filename, __dirname)
  return part.exports
}

try {
  module.exports = load('function')
} catch {
  // Retry with source maps: the error then names the source file and line.
  process.setSourceMapsEnabled(true)
  module.exports = require('./function.js')
}
