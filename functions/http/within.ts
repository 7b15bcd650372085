/** The work's result. @throws what `late` makes, after `timeout` ms; what comes later is dropped. */
export async function within<T>(work: Promise<T>, timeout: number, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  // The budget may already be spent; timers reject negative delays.
  const timer = setTimeout(() => reject(late()), Math.max(0, timeout))
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
