/**
 * Imported by every command, so closed output (`make logs | head`, a closed terminal) does not crash it with EPIPE or EIO.
 * A running deployment continues; commands that would run forever use `onClosedOutput`.
 */
import { isatty } from 'node:tty'

const streams = [process.stdout, process.stderr]

/** Milliseconds between checks of the terminal. */
const LOOK = 1_000

for (const stream of streams) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })
}

/** Calls `then` when standard output or standard error loses its reader, perhaps more than once. */
export function onClosedOutput(then: () => void): void {
  for (const stream of streams) stream.once('error', then)
  // A closed terminal sends SIGHUP to its first process, which may be make: it waits for us without passing it on.
  const terminals = streams.filter(({ fd }) => isatty(fd))
  if (terminals.length === 0) return
  const timer = setInterval(() => {
    if (terminals.every(({ fd }) => isatty(fd))) return
    clearInterval(timer)
    then()
  }, LOOK).unref()
}
