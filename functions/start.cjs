/**
 * Entry of an image: starts `function.js`, the bundle beside it, from V8's compile cache in `function.cache`, so that a cold start
 * compiles nothing; and likewise the parts that it loads when it needs them. The image's build makes the caches; where there are none,
 * Node.js loads the files as any others.
 *
 * Not by NODE_COMPILE_CACHE: Node.js looks in a folder named after the user's id, which in Lambda is another one than in the build.
 */
'use strict'
const { existsSync, readFileSync } = require('node:fs')
const { Script, constants } = require('node:vm')

// Where Node.js was not started by `start-node`, its own modules are compiled anew because of --expose-gc, and the caches here would be
// refused: from here on the flags are those that both were made with. `gc` stays.
if (globalThis.gc) require('node:v8').setFlagsFromString('--no-expose-gc')

const head = '(function (exports, require, module, __filename, __dirname) {'
const REFUSED = 'V8 refuses the compile cache, made by another Node.js or with other flags: build the image anew'

/** Exports by the name of the part. */
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
  // V8 has read it; garbage collection would come later than the peak.
  cachedData.buffer.transfer(0)
  const part = { exports: {} }
  const requirePart = (id) => (id.startsWith('./') ? load(id.slice(2, -3)) : require(id))
  script.runInThisContext()(part.exports, requirePart, part, filename, __dirname)
  return part.exports
}

try {
  module.exports = load('function')
} catch {
  // Once more: with source maps the error names the file and the line.
  process.setSourceMapsEnabled(true)
  module.exports = require('./function.js')
}
