import { keptInTab } from './kept.ts'

const KEPT = 'credentials'

/** Credentials of the caller, by the header that carries them. Kept in this tab, and sent to the APIs alone. */
export const credentials = (): Readonly<Record<string, string>> => JSON.parse(keptInTab.getItem(KEPT) ?? '{}')

export const keepCredentials = (values: object): void => keptInTab.setItem(KEPT, JSON.stringify(values))

/** Headers of the caller, as they are sent. Tokens are often copied with the word before them. */
export const callerHeaders = (): [name: string, value: string][] =>
  Object.entries(credentials())
    .filter(([, value]) => value)
    .map(([name, value]) => [name, name === 'authorization' ? `Bearer ${value.replace(/^bearer\s+/i, '')}` : value])
