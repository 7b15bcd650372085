/**
 * Imported by every command: output that nobody reads any more (`make logs | head`, a closed terminal) does not end it by an
 * unhandled EPIPE or EIO. A deployment under way goes on; a command that would never end says what it does instead.
 */
import { isatty } from 'node:tty'

const streams = [process.stdout, process.stderr]

/** Milliseconds between two looks whether the terminal is still there. */
const LOOK = 1_000

for (const stream of streams) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })
}

/** Calls `then` when who read standard output or standard error is gone; perhaps more than once. */
export function onClosedOutput(then: () => void): void {
  for (const stream of streams) stream.once('error', then)
  // The SIGHUP of a closed terminal goes to the first process in it, which may be make: it waits for us and says nothing.
  const terminals = streams.filter(({ fd }) => isatty(fd))
  if (terminals.length === 0) return
  const timer = setInterval(() => {
    if (terminals.every(({ fd }) => isatty(fd))) return
    clearInterval(timer)
    then()
  }, LOOK).unref()
}
