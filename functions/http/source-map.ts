import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'

const maps = new Map<string, SourceMap | undefined>()

/** Source map of a bundle. Loaded for the first stack trace: it would cost every cold start 20 ms and 9 MB. */
function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) {
    const map = `${file}.map`
    maps.set(file, existsSync(map) ? new SourceMap(JSON.parse(readFileSync(map, 'utf8'))) : undefined)
  }
  return maps.get(file)
}

const PLACE = /(\/[^\s():]+\.js):(\d+):(\d+)/g

/** Maps the positions in a stack trace from the bundle to the sources, e.g. `functions/rds/handler.ts:12:5`. */
export function withSources(stack: string): string {
  try {
    return stack.replaceAll(PLACE, (place, file: string, line: string, column: string) => {
      const origin = mapOf(file)?.findOrigin(Number(line), Number(column))
      if (origin === undefined || !('fileName' in origin)) return place
      return `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`
    })
  } catch {
    // An unmapped stack trace is better than no log line.
    return stack
  }
}
