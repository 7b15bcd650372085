// @ts-check
/**
 * Compiles a bundle ahead of time: writes V8's compile cache for `function.js` and each lazily loaded part, beside them.
 *
 * The image build loads this instead of the function, through `start-node` as Lambda does: V8 accepts a cache only under the flags
 * that made it. It compiles every function eagerly, so no warm-up requests are needed. A cache of only the functions that a few requests
 * call is half as large, and starts 1 % sooner.
 */
'use strict'
const { readFileSync, writeFileSync } = require('node:fs')
const { setFlagsFromString } = require('node:v8')
const { Script } = require('node:vm')

// Same flags as functions/start.cjs, which reads the caches.
if (globalThis.gc) setFlagsFromString('--no-expose-gc')
const HEAD = '(function (exports, require, module, __filename, __dirname) {'

/** @param {string} name */
function compile(name) {
  const filename = `${process.env.BUNDLE}/${name}.js`
  const source = readFileSync(filename, 'latin1')
  setFlagsFromString('--no-lazy')
  const script = new Script(`${HEAD}${source}\n})`, { filename, columnOffset: -HEAD.length })
  // The flags in force when the cache is read.
  setFlagsFromString('--lazy')
  writeFileSync(`${process.env.BUNDLE}/${name}.cache`, script.createCachedData())
  for (const [, part = ''] of source.matchAll(/require\("\.\/([\w-]+)\.js"\)/g)) compile(part)
}

compile('function')
// Exits before the runtime asks for its first event.
process.exit()
