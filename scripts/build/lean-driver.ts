import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'
import { applyEdits, type Edit, endOfPath } from './edits.ts'

/** What mysql2 loads at its start, put off to when it is needed: sessions are in utf8mb4, and ids are integers that JavaScript has. */
const edits: readonly Edit[] = [
  // The server's version and the names of its plugins are ASCII.
  { file: 'mysql2/lib/packets/handshake.js', replace: [["'cesu8'", "'utf8'"]] },
  { file: 'mysql2/lib/packets/auth_switch_request.js', replace: [["'cesu8'", "'utf8'"]] },
  {
    file: 'mysql2/lib/parsers/string.js',
    replace: [
      [' Iconv.', " require('iconv-lite')."],
      ["const Iconv = require('iconv-lite');", ''],
    ],
  },
  {
    file: 'mysql2/lib/packets/packet.js',
    replace: [
      ['new Long(', "new (require('long'))("],
      ["const Long = require('long');", ''],
    ],
  },
]

/** Leaves out of mysql2 what is of no use here, or puts it off: that costs a cold start more than all that is ours. */
export const leanDriver: Plugin = {
  name: 'lean-driver',
  setup(build) {
    applyEdits(build, edits)
    // Names of 4,000 errors, of which most environments never see one; to build the table takes as long as the rest of the package.
    build.onLoad({ filter: endOfPath('mysql2/lib/constants/errors.js') }, async ({ path }) => ({
      contents: `let table
        const load = () => { const exports = {}; ${await readFile(path, 'utf8')}; return exports }
        module.exports = new Proxy({}, { get: (_, name) => (table ??= load())[name] })`,
    }))
    // Its own copy of the authorities of RDS, for those who ask for them by name.
    build.onLoad({ filter: endOfPath('mysql2/lib/constants/ssl_profiles.js') }, () => ({ contents: '' }))
    // iconv-lite's tables for Chinese, Japanese and Korean are 400 KB, and rows are decoded with none of them. Only status text of a
    // server with such a default charset gets here; its ASCII part stays readable.
    build.onLoad(
      { filter: /iconv-lite[\\/]encodings[\\/]tables[\\/](big5-added|cp9\d\d|eucjp|shiftjis)\.json$/ },
      () => ({
        contents: JSON.stringify([['0', '\0', 127]]),
        loader: 'json',
      }),
    )
  },
}
