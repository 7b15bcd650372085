import { styleText } from 'node:util'
import { printable } from '../../process/printable.ts'
import type { LogEvent } from './read.ts'

type Line = Readonly<Record<string, unknown>>

/** Formats a log line; `undefined` to skip it. @param all includes Lambda's own lines on successful invocations. */
export function formatEvent({ timestamp, source, message }: LogEvent, all: boolean): string | undefined {
  const time = new Date(timestamp).toISOString().slice(5, 23).replace('T', ' ')
  const line = parsed(message)
  const text = line === undefined ? printable(message) : textOf(line, all)
  return text && `${styleText('gray', time)} ${styleText('cyan', source.padEnd(10))} ${text}`
}

function parsed(message: string): Line | undefined {
  try {
    const line = JSON.parse(message, (_, value) => (typeof value === 'string' ? printable(value) : value))
    return Object(line) === line ? line : undefined
  } catch {
    return undefined
  }
}

function textOf(line: Line, all: boolean): string | undefined {
  if (!String(line.type).startsWith('platform.')) return formatted(line)
  // https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
  const { requestId, status = 'success', errorType, metrics } = (line.record ?? {}) as Line
  const failed = status !== 'success'
  if (line.type !== 'platform.report' || !(failed || all)) return undefined
  const message = ['Lambda:', status, errorType].filter(Boolean).join(' ')
  return formatted({ ...(metrics as Line), message, requestId, ...(failed && { level: 'error' }) })
}

/** Fields that the message repeats, or that readers do not need. */
const OMITTED = ['timestamp', 'time', 'extendedRequestId', 'method', 'resource', 'status', 'coldStart', 'duration']

/** Formats a line from a function (functions/http/request-log.ts), the gateway or Lambda: message, duration, other fields, causes. */
function formatted(line: Line): string {
  const { level, message, requestId, apiRequestId, error, ...others } = line
  const { method, resource, status, duration, coldStart } = others
  const isFault = level === 'error' || Number(status) >= 500
  const color = isFault ? 'red' : level === 'warn' || Number(status) >= 400 ? 'yellow' : 'green'
  const rest = Object.entries(others).filter(([name, value]) => !OMITTED.includes(name) && value !== '-')
  const id = [requestId, apiRequestId].find((each) => each !== undefined && each !== '-')
  const parts = [
    styleText(color, String(message ?? `${method} ${resource} ${status}`)),
    duration === undefined ? '' : `${duration} ms`,
    coldStart === true ? styleText('magenta', 'cold') : '',
    rest.length > 0 ? printable(JSON.stringify(Object.fromEntries(rest))) : '',
    id === undefined ? '' : styleText('gray', String(id)),
  ].filter(Boolean)
  return [parts.join('  '), ...causes(error).map((cause) => `    ${styleText('red', cause)}`)].join('\n')
}

/** Formats an error and its causes, one per line. */
function causes(error: unknown): string[] {
  if (Object(error) !== error) return []
  const { name, message, code, cause } = error as Line
  const text = [name, message, code && `(${code})`].filter((part) => part !== undefined).join(' ')
  return [text, ...causes(cause).map((each) => `← ${each}`)]
}
