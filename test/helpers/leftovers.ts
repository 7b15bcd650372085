/** Ends a test process that a failed hook left with open servers: Node.js waits for them even after its timeouts. */
import { after } from 'node:test'

/** Timeout of a file's cleanup hooks, in milliseconds. */
const PATIENCE = 60_000

after(() => {
  const end = () => {
    console.error(`Still open ${PATIENCE / 1000} s after the last test: ${process.getActiveResourcesInfo().join(', ')}`)
    process.exit(1)
  }
  setTimeout(end, PATIENCE).unref()
})
