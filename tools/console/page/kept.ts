/** The browser's storage, or one that lasts as long as the page where the browser refuses to keep anything. */
function kept(storage: () => Storage): Pick<Storage, 'getItem' | 'setItem'> {
  try {
    return storage()
  } catch {
    const memory = new Map<string, string>()
    return {
      getItem: (name) => memory.get(name) ?? null,
      setItem: (name, value) => void memory.set(name, value),
    }
  }
}

/** Of this browser. */
export const keptHere = kept(() => localStorage)
/** Of this tab, until it is closed. */
export const keptInTab = kept(() => sessionStorage)
