/** Names with all their values, in the order they came: headers or query parameters. */
export class Multimap {
  readonly #entries = new Map<string, { name: string; values: string[] }>()
  readonly #normalize: (name: string) => string

  /** Names that `normalize` makes equal are one, spelled as it first came. */
  constructor(pairs: Iterable<readonly [string, string]>, normalize: (name: string) => string = (name) => name) {
    this.#normalize = normalize
    for (const [name, value] of pairs) {
      const entry = this.#entries.get(normalize(name))
      if (entry) entry.values.push(value)
      else this.#entries.set(normalize(name), { name, values: [value] })
    }
  }

  last(name: string): string | undefined {
    return this.#entries.get(this.#normalize(name))?.values.at(-1)
  }

  /** Puts one value in the place of all. */
  replace(name: string, value: string): void {
    this.#entries.set(this.#normalize(name), { name, values: [value] })
  }

  /** The last value of each name; `null` without any name. */
  single(): Record<string, string> | null {
    return this.#record((values) => values.at(-1) ?? '')
  }

  /** All values of each name; `null` without any name. */
  multi(): Record<string, string[]> | null {
    return this.#record((values) => values)
  }

  #record<T>(select: (values: string[]) => T): Record<string, T> | null {
    if (this.#entries.size === 0) return null
    return Object.fromEntries([...this.#entries.values()].map(({ name, values }) => [name, select(values)]))
  }
}
