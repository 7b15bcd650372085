/** Values that outlive the page, or as long as it does where the browser refuses to keep any. */
class Kept {
  readonly #memory = new Map<string, string>()
  readonly #storage: () => Storage

  constructor(storage: () => Storage) {
    this.#storage = storage
  }

  get(name: string): string | undefined {
    try {
      return this.#storage().getItem(name) ?? undefined
    } catch {
      return this.#memory.get(name)
    }
  }

  /** Without a value it is forgotten. */
  set(name: string, value: string | undefined): void {
    this.#memory.set(name, value ?? '')
    try {
      if (value) this.#storage().setItem(name, value)
      else this.#storage().removeItem(name)
    } catch {
      // In memory it is.
    }
  }
}

/** Of this browser. */
export const keptHere = new Kept(() => localStorage)
/** Of this tab, until it is closed. */
export const keptInTab = new Kept(() => sessionStorage)
