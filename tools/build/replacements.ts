import { dirname, relative } from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * Modules of packages that are replaced as a whole, or left out. Each is worth 2 % of a first answer or more: the figures are the CPU
 * time to a first answer as a share of the same without the replacement, medians of 40 interleaved starts.
 * `module` is how one is imported; `contents` stands in its place, with imports relative to where the original lies.
 */
const modules = [
  // Lambda gives credentials in variables. The SDK's chain of providers is a quarter of the code. S3: 0.92.
  {
    module: /^@aws-sdk\/credential-provider-node$/,
    contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'",
  },
  // Lambda has no ~/.aws, which the SDK reads for each of its settings. S3: 0.95.
  {
    module: /\/loadSharedConfigFiles$/,
    contents:
      "export { CONFIG_PREFIX_SEPARATOR } from './constants'\nexport const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })",
  },
  // No operation of ours streams events. S3: 0.98.
  {
    module: /^@smithy\/core\/event-streams$/,
    contents:
      'export const eventStreamSerdeProvider = () => undefined\nexport const resolveEventStreamSerdeConfig = (config) => config',
  },
  // Names of 4,000 errors, in a file of their own that is read at the first error. MySQL: 0.92.
  {
    module: /\/constants\/errors\.js$/,
    contents:
      "let table\nmodule.exports = new Proxy({}, { get: (_, name) => (table ??= require('./errors.js?part=driver-errors'))[name] })",
  },
  // Node.js's, which the driver loads at its start. MySQL without TLS: 0.95; with TLS it is needed all the same.
  {
    module: /^tls$/,
    contents: "module.exports = new Proxy({}, { get: (_, name) => require('node:tls')[name] })",
  },
  // The driver's own copy of RDS's certificates: a function has what it needs of it in a file of its own, read only for TLS. MySQL: 0.95.
  { module: /\/constants\/ssl_profiles\.js$/, contents: '' },
  // Character sets: 490 KB. Rows come in UTF-8; only status text of a server with another default is decoded otherwise, and its ASCII part
  // stays readable. MySQL: 0.93.
  {
    module: /^\.\.\/encodings$/,
    contents: `const names = require('../../mysql2/lib/constants/charset_encodings.js')
      module.exports = { ...Object.fromEntries(names.flatMap((name) => [[name, 'binary']])), ...require('./internal') }`,
  },
]

const NAMESPACE = 'replacement'

export const replacements: Plugin = {
  name: 'replacements',
  setup(build) {
    for (const { module, contents } of modules) {
      build.onResolve({ filter: module }, async ({ path, pluginData, ...from }) => {
        if (pluginData === NAMESPACE || from.kind === 'entry-point') return undefined
        const original = await build.resolve(path, { ...from, pluginData: NAMESPACE })
        const replaced = { contents, resolveDir: dirname(original.path) }
        // Source maps name it, which must not depend on where the checkout lies.
        const name = original.external ? path : relative(build.initialOptions.absWorkingDir ?? '', original.path)
        return { path: name, namespace: NAMESPACE, sideEffects: false, pluginData: replaced }
      })
    }
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ pluginData }) => pluginData)
  },
}
