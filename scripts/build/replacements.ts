import { dirname, relative, resolve } from 'node:path'
import type { Plugin } from 'esbuild'

const root = resolve(import.meta.dirname, '../..')

interface Replacement {
  /** How the module is imported. */
  readonly module: RegExp
  /** Source of the module in its place, whose imports are relative to where the original lies. */
  readonly contents: string
}

/**
 * Modules of packages that are replaced as a whole, or left out. Each is worth 2 % of a first answer or more: the figures are the CPU
 * time to a first answer as a share of the same without the replacement, medians of 40 interleaved starts.
 */
const replacements: readonly Replacement[] = [
  // Lambda gives credentials in variables. The SDK's chain of providers is a quarter of the code. Files: 0.92.
  {
    module: /^@aws-sdk\/credential-provider-node$/,
    contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'",
  },
  // Lambda has no ~/.aws, which the SDK reads for each of its settings. Files: 0.95.
  {
    module: /\/loadSharedConfigFiles$/,
    contents:
      "export { CONFIG_PREFIX_SEPARATOR } from './constants'\nexport const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })",
  },
  // No operation of ours streams events. Files: 0.98.
  {
    module: /^@smithy\/core\/event-streams$/,
    contents:
      'export const eventStreamSerdeProvider = () => undefined\nexport const resolveEventStreamSerdeConfig = (config) => config',
  },
  // Names of 4,000 errors: a table that takes as long to fill as the rest of the driver to load. Filled at the first error. Users: 0.93.
  {
    module: /\/constants\/errors\.js$/,
    contents:
      "let table\nmodule.exports = new Proxy({}, { get: (_, name) => (table ??= require('./errors.js'))[name] })",
  },
  // The driver's own copy of RDS's certificates: functions/rds/authorities.ts has one that is read only for TLS. Users: 0.95.
  { module: /\/constants\/ssl_profiles\.js$/, contents: '' },
  // Characters of Chinese, Japanese and Korean sets: 400 KB. Rows come in UTF-8; only status text of a server with another default
  // gets here, and its ASCII part stays readable. Users: 0.95.
  {
    module: /\/tables\/(big5-added|cp9\d\d|eucjp|shiftjis)\.json$/,
    contents: "module.exports = [['0', '\\0', 127]]",
  },
]

const NAMESPACE = 'replacement'

export const replaceModules: Plugin = {
  name: 'replace-modules',
  setup(build) {
    for (const { module, contents } of replacements) {
      build.onResolve({ filter: module }, async ({ path, pluginData, ...from }) => {
        if (pluginData === NAMESPACE) return undefined
        const original = await build.resolve(path, { ...from, pluginData: NAMESPACE })
        const replaced = { contents, resolveDir: dirname(original.path) }
        // Source maps name the path, which must not depend on where the checkout lies.
        return { path: relative(root, original.path), namespace: NAMESPACE, sideEffects: false, pluginData: replaced }
      })
    }
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ pluginData }) => pluginData)
  },
}
