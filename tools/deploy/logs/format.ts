import { styleText } from 'node:util'
import { printable } from '../../process/printable.ts'
import type { LogEvent } from './read.ts'

type Style = Parameters<typeof styleText>[0]
type Line = Readonly<Record<string, unknown>>

export interface FormatOptions {
  /** Whether Lambda's own lines are shown where nothing went wrong, too. */
  readonly platform: boolean
}

const levels: Readonly<Record<string, Style>> = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' }

/** A log line for people; nothing for what they need not see. */
export function formatEvent({ timestamp, source, message }: LogEvent, options: FormatOptions): string | undefined {
  const time = new Date(timestamp).toISOString().slice(5, 23).replace('T', ' ')
  const text = textOf(message, options)
  return text && `${styleText('gray', time)} ${styleText('cyan', source.padEnd(10))} ${text}`
}

function textOf(message: string, options: FormatOptions): string | undefined {
  const line = parsed(message)
  if (line === undefined) return printable(message)
  if (typeof line.type === 'string' && line.type.startsWith('platform.')) return platformText(line, options)
  if ('extendedRequestId' in line) return accessText(line)
  return functionText(line)
}

function parsed(message: string): Line | undefined {
  if (!message.startsWith('{')) return undefined
  try {
    return JSON.parse(message, (_, value) => (typeof value === 'string' ? printable(value) : value))
  } catch {
    return undefined
  }
}

/** What the handlers write: functions/http/request-log.ts. */
function functionText(line: Line): string {
  const {
    timestamp: _,
    level = 'info',
    message,
    requestId,
    apiRequestId: __,
    duration,
    coldStart,
    error,
    ...others
  } = line
  const { method: ___, resource: ____, status, ...rest } = others
  const isRequest = status !== undefined
  const parts = [
    styleText(levels[String(level)] ?? 'white', String(message)),
    duration === undefined ? '' : `${duration} ms`,
    coldStart === true ? styleText('magenta', 'cold') : '',
    Object.keys(rest).length > 0 ? printable(JSON.stringify(rest)) : '',
    isRequest ? styleText('gray', String(requestId)) : '',
  ].filter(Boolean)
  return [parts.join('  '), ...causes(error).map((cause) => `    ${styleText('red', cause)}`)].join('\n')
}

/** An error and its causes, one a line. */
function causes(error: unknown): string[] {
  if (Object(error) !== error) return []
  const { name, message, code, cause } = error as Line
  const text = [name, message, code === undefined ? undefined : `(${code})`]
    .filter((part) => part !== undefined)
    .join(' ')
  return [text, ...causes(cause).map((each) => `← ${each}`)]
}

/** https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
function platformText({ type, record }: Line, { platform }: FormatOptions): string | undefined {
  const { requestId, status = 'success', errorType, metrics } = (record ?? {}) as Line
  if (type !== 'platform.report' || (status === 'success' && !platform)) return undefined
  const { durationMs, initDurationMs, maxMemoryUsedMB, memorySizeMB } = (metrics ?? {}) as Line
  const parts = [
    styleText(status === 'success' ? 'gray' : 'red', ['Lambda:', status, errorType].filter(Boolean).join(' ')),
    `${durationMs} ms`,
    initDurationMs === undefined ? '' : styleText('magenta', `after a start of ${initDurationMs} ms`),
    `${maxMemoryUsedMB} of ${memorySizeMB} MB`,
    styleText('gray', String(requestId)),
  ]
  return parts.filter(Boolean).join('  ')
}

/** What the gateway writes: terraform/api/access-log.ts. */
function accessText({ method, resource, status, latency, ip, caller, refusal, requestId, apiRequestId }: Line): string {
  const style = Number(status) >= 500 ? 'red' : Number(status) >= 400 ? 'yellow' : 'green'
  const known = (value: unknown) => value !== undefined && value !== '-'
  return [
    styleText(style, `${method} ${resource} ${status}`),
    `${latency} ms`,
    ...[ip, caller, refusal].filter(known).map(String),
    styleText('gray', String(known(requestId) ? requestId : apiRequestId)),
  ].join('  ')
}
