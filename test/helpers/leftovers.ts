/** Ends a test process that a failed hook has left with open servers: Node.js waits for them for ever, and its timeouts do not end it. */
import { after } from 'node:test'

/** Milliseconds for the hooks that stop what a file has started. */
const PATIENCE = 60_000

after(() => {
  const end = () => {
    console.error(`Still open ${PATIENCE / 1000} s after the last test: ${process.getActiveResourcesInfo().join(', ')}`)
    process.exit(1)
  }
  setTimeout(end, PATIENCE).unref()
})
