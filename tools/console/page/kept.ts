/** Values that outlive the page, or as long as it does where the browser refuses to keep any. */
function kept(storage: () => Storage) {
  const memory = new Map<string, string | undefined>()
  return {
    get(name: string): string | undefined {
      try {
        return storage().getItem(name) ?? undefined
      } catch {
        return memory.get(name)
      }
    },
    /** Without a value it is forgotten. */
    set(name: string, value: string | undefined): void {
      memory.set(name, value)
      try {
        if (value === undefined) storage().removeItem(name)
        else storage().setItem(name, value)
      } catch {
        // In memory it is.
      }
    },
  }
}

/** Of this browser. */
export const keptHere = kept(() => localStorage)
/** Of this tab, until it is closed. */
export const keptInTab = kept(() => sessionStorage)
