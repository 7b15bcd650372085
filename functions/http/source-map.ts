import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'

const maps = new Map<string, SourceMap | undefined>()

/** The map beside a bundle, read when the first stack is printed: every cold start would pay for it else, by 20 ms and 9 MB. */
function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) {
    const map = `${file}.map`
    maps.set(file, existsSync(map) ? new SourceMap(JSON.parse(readFileSync(map, 'utf8'))) : undefined)
  }
  return maps.get(file)
}

const PLACE = /(\/[^\s():]+\.js):(\d+):(\d+)/g

/** A stack that names files and lines of the sources, `functions/rds/handler.ts:12:5`, in place of columns of the bundle. */
export function withSources(stack: string): string {
  try {
    return stack.replaceAll(PLACE, (place, file: string, line: string, column: string) => {
      const origin = mapOf(file)?.findOrigin(Number(line), Number(column))
      if (origin === undefined || !('fileName' in origin)) return place
      return `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`
    })
  } catch {
    // A stack with columns of the bundle is better than no log line.
    return stack
  }
}
