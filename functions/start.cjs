/**
 * Entry of an image: starts `function.js`, the bundle beside it, from V8's compile cache in `function.cache`, so that a cold start
 * compiles nothing. The image's build makes the cache; where there is none, Node.js loads the bundle as any other file.
 *
 * Not by NODE_COMPILE_CACHE: Node.js looks in a folder named after the user's id, which in Lambda is another one than in the build.
 */
'use strict'
const { existsSync, readFileSync } = require('node:fs')
const { Script, constants } = require('node:vm')

const filename = `${__dirname}/function.js`
const cache = `${__dirname}/function.cache`
const head = '(function (exports, require, module, __filename, __dirname) {'
const REFUSED = 'V8 refuses the compile cache, made by another Node.js or with other flags: build the image anew'

function startFromCache() {
  const script = new Script(`${head}${readFileSync(filename, 'latin1')}\n})`, {
    filename,
    cachedData: readFileSync(cache),
    columnOffset: -head.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  if (script.cachedDataRejected)
    process.stdout.write(
      `${JSON.stringify({ timestamp: new Date().toISOString(), level: 'warn', message: REFUSED })}\n`,
    )
  script.runInThisContext()(exports, require, module, filename, __dirname)
}

function startFromSource() {
  process.setSourceMapsEnabled(true)
  module.exports = require('./function.js')
}

if (existsSync(cache)) {
  try {
    startFromCache()
  } catch {
    // Once more: with source maps the error names the file and the line.
    startFromSource()
  }
} else startFromSource()
