/**
 * Imported by every command: output that nobody reads any more (`make logs | head`, a closed terminal) does not end it by an
 * unhandled EPIPE or EIO. A deployment under way goes on; a command that would never end says what it does instead.
 */
const streams = [process.stdout, process.stderr]

for (const stream of streams) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })
}

/** Calls `then` when standard output or standard error is closed by who read it. */
export function onClosedOutput(then: () => void): void {
  for (const stream of streams) stream.once('error', then)
}
