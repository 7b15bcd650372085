import type { TestContext } from 'node:test'

export type LogLine = Record<string, unknown>

/** Collects the JSON log lines that functions write to standard output, in place of printing them, until the test, or with the mock of `node:test` the file, ends. */
export function captureLog({ mock }: Pick<TestContext, 'mock'>): LogLine[] {
  const lines: LogLine[] = []
  const { stdout } = process
  const write = stdout.write.bind(stdout) as (...args: unknown[]) => boolean
  // The test runner reports over standard output too: what is no log line goes through.
  mock.method(stdout, 'write', (...args: unknown[]) => {
    const [chunk] = args
    if (typeof chunk !== 'string' || !chunk.startsWith('{"timestamp":')) return write(...args)
    lines.push(JSON.parse(chunk) as LogLine)
    return true
  })
  return lines
}
