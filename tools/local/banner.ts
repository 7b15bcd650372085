import type { ApiDefinition } from '../../functions/http/api-definition.ts'
import { curlLines } from './curl-lines.ts'
import type { AccessKeys } from './gateway/authorization/access-control.ts'
import type { ApiWiring } from './wiring/apis.ts'

export interface BannerOptions {
  readonly port: number
  readonly apis: readonly ApiWiring[]
  /** Definitions in `functions/`, for lines to paste. */
  readonly definitions: readonly ApiDefinition[]
  /** Local services by name, each with its address and data. */
  readonly places: Readonly<Record<string, string | undefined>>
  /** Settings of the user's that functions have for variables, e.g. the host of a database of theirs. */
  readonly given: readonly string[]
  readonly keys: AccessKeys
}

/** Where everything is, and lines to paste. */
export function banner({ port, apis, definitions, places, given, keys }: BannerOptions): string {
  const base = `http://localhost:${port}`
  const urls = apis.flatMap(({ stage, methods }) => methods.map(({ resource }) => `${base}/${stage}${resource}`))
  const isOpen = apis.some(({ methods }) =>
    methods.some(({ access, integration }) => !access && integration.type !== 'MOCK'),
  )
  const lines = Object.entries({ ...places, settings: given.join(' ') }).filter(([, text]) => text)
  // A page needs no CORS for it: its own name may lead here (DNS rebinding).
  const exposed =
    isOpen && given.some((setting) => ELSEWHERE.test(setting))
      ? ['          any web page that you visit can use what they name; API_SECURITY=api-key prevents that']
      : []
  const blocks = [
    [`${base}/  the console: try it, and see every request`],
    [...new Set(urls)].sort(),
    definitions.flatMap((definition) => curlLines(base, apis, definition, keys)),
    [
      ...lines.map(([word, text]) => `${word.padEnd(8)}  ${text}`),
      ...exposed,
      'Ctrl-C stops it; make clean also deletes the data.',
    ],
  ]
  return `\n${blocks
    .filter((block) => block.length > 0)
    .map(indented)
    .join('\n\n')}\n`
}

/** A host, an address, a path or a URL. */
const ELSEWHERE = /=.*([.:/]|localhost)/

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join('\n')
