import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Plugin } from 'esbuild'
import { applyEdits, type Edit, endOfPath } from './edits.ts'

/** What the SDK does while its modules are loaded, put off to when it is needed: most requests never need it. */
const edits: readonly Edit[] = [
  // Web streams, which nothing is here: they are told by their name.
  {
    file: 'util-stream/checksum/ChecksumStream.browser.js',
    replace: [['typeof ReadableStream === "function" ? ReadableStream : function () { }', 'function () { }']],
  },
  {
    file: 'util-stream/stream-type-check.js',
    replace: [
      ['typeof ReadableStream === "function" &&', ''],
      ['=== ReadableStream.name || stream instanceof ReadableStream', '=== "ReadableStream"'],
    ],
  },
  {
    file: 'isStreamingPayload/isStreamingPayload.js',
    replace: [
      [
        'typeof ReadableStream !== "undefined" && request?.body instanceof ReadableStream',
        'request?.body?.constructor?.name === "ReadableStream"',
      ],
    ],
  },
  // Web Crypto, beside node:crypto, which signing needs anyway.
  {
    file: 'serde/uuid/v4.js',
    replace: [['if (typeof crypto !== "undefined" && typeof crypto.randomUUID === "function")', '']],
    first: 'import * as crypto from "node:crypto";',
  },
  // zlib.
  {
    file: 'checksum/crc32/Crc32Node.js',
    replace: [['typeof zlib.crc32 === "function" ? zlib.crc32 : undefined', '(...args) => zlib.crc32(...args)']],
  },
  // Imported by a call, it would keep esbuild from dropping what is not used of all that it shares with the rest.
  {
    file: 'submodules/protocols/HttpProtocol.js',
    replace: [['= await import("@smithy/core/event-streams");', '= eventStreams;']],
    first: 'import * as eventStreams from "@smithy/core/event-streams";',
  },
]

/**
 * Leaves out of the SDK what Lambda has no use for: an execution environment's credentials are in its variables, and it has no
 * `~/.aws`. Without the chain of providers, their clients, and what describes operations that are never called, half of the code is left.
 */
export const leanSdk: Plugin = {
  name: 'lean-sdk',
  setup(build) {
    applyEdits(build, edits)
    build.onLoad({ filter: endOfPath('@aws-sdk/credential-provider-node/dist-es/index.js') }, ({ path }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'",
      resolveDir: dirname(path),
    }))
    build.onLoad({ filter: endOfPath('shared-ini-file-loader/loadSharedConfigFiles.js') }, ({ path }) => ({
      contents: `export { CONFIG_PREFIX_SEPARATOR } from './constants'
        export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })`,
      resolveDir: dirname(path),
    }))
    build.onLoad({ filter: endOfPath('/schemas/schemas_0.js') }, async ({ path }) => ({
      contents: withPlainKeys(await readFile(path, 'utf8')),
    }))
  },
}

/** Descriptions of operations have keys that are constants, `[_h]:`. To read those might do something, for all that esbuild knows. */
function withPlainKeys(source: string): string {
  const constants = new Map([...source.matchAll(/^const (\w+) = (".*");$/gm)].map(([, name, text]) => [name, text]))
  return source.replaceAll(/\[(\w+)\]:/g, (key, name) => (constants.has(name) ? `${constants.get(name)}:` : key))
}
