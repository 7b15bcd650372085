/** Limits the wait for `work` to `timeout` ms; ignores a later result. @throws the error that `late` creates. */
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
