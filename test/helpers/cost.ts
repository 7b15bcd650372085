/** Milliseconds of CPU that the quickest of a few runs takes: other processes and the compiler's warming up do not count. */
export function cpuCost(work: () => void): number {
  const runs = Array.from({ length: 6 }, () => {
    const start = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  })
  // Less than this no clock can tell.
  return Math.max(Math.min(...runs), 0.05)
}
