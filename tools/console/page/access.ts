import { keptInTab } from './kept.ts'
import type { Access } from './openapi.ts'

const KEPT = 'credentials'

/** What callers say of themselves, by the header that carries it; kept in this tab, and sent to the APIs alone. */
export const credentials = (): Readonly<Record<string, string>> => JSON.parse(keptInTab.getItem(KEPT) ?? '{}')

export function keepCredentials(values: Readonly<Record<string, string>>): void {
  const given = Object.entries(values).filter(([, value]) => value !== '')
  keptInTab.setItem(KEPT, JSON.stringify(Object.fromEntries(given)))
}

/** Headers of the caller, as they are sent. */
export const callerHeaders = (): [name: string, value: string][] =>
  Object.entries(credentials()).map(([name, value]) => [name, name === 'authorization' ? `Bearer ${value}` : value])

/** The same to be looked at. */
export const shownCallerHeaders = (): [name: string, value: string][] =>
  callerHeaders().map(([name, value]) => [name, value.startsWith('Bearer ') ? 'Bearer •••' : '•••'])

/** The distinct ones of these, signatures last. */
export const distinct = (all: readonly Access[]): Access[] =>
  [...new Map(all.map((each) => [`${each.kind} ${each.header}`, each])).values()].sort((a, b) =>
    a.kind.localeCompare(b.kind),
  )
