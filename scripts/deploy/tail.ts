import { open } from 'node:fs/promises'

/** Milliseconds between two looks at the file. */
const INTERVAL = 100

/**
 * Reads the lines of a file while another process writes them.
 * @returns what reads the rest and ends it.
 */
export function follow(file: string, onLine: (line: string) => void): () => Promise<void> {
  let position = 0
  let rest = ''
  let ended = false
  const read = async () => {
    const handle = await open(file)
    try {
      for (;;) {
        const { buffer, bytesRead } = await handle.read({ position, buffer: Buffer.alloc(65_536) })
        if (bytesRead === 0) return
        position += bytesRead
        const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split(/\r?\n/)
        rest = lines.pop() ?? ''
        lines.forEach(onLine)
      }
    } finally {
      await handle.close()
    }
  }
  const reading = (async () => {
    while (!ended) {
      await read()
      await new Promise((resolve) => setTimeout(resolve, INTERVAL))
    }
    await read()
  })()
  return () => {
    ended = true
    return reading
  }
}
