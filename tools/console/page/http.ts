import { callerHeaders, shownCallerHeaders } from './access.ts'
import type { CurlRequest } from './curl.ts'
import type { Api, Operation } from './openapi.ts'

/** What a form was filled with. */
export interface Input {
  readonly path: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly header: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

/** A request that is about to be sent. */
export interface Call {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | FormData
  /** Without the caller's credentials, as for a store. */
  readonly anonymous?: boolean
  readonly signed?: boolean
}

export interface Answer {
  readonly call: Call
  /** 0 where there was no answer that may be read. */
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly type: string
  readonly blob: Blob
  /** Of what is no picture. */
  readonly text: string
  /** The JSON in it, where it is that. */
  readonly json: unknown
  /** Milliseconds. */
  readonly duration: number
  /** Epoch milliseconds. */
  readonly time: number
}

/** The request that an operation's form describes. */
export function callOf(api: Api, operation: Operation, { path, query, header, body }: Input): Call {
  const route = operation.path.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(String(path[name] ?? '')))
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)]))
  const target = route + (pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '')
  const headers = Object.fromEntries(Object.entries(header).map(([name, value]) => [name, String(value)]))
  const form = operation.body?.type.startsWith('multipart/') ?? false
  const isText = typeof body === 'string' && !/json/i.test(operation.body?.type ?? '')
  const typed = operation.body && !form && body !== undefined ? { 'content-type': operation.body.type } : {}
  return {
    method: operation.method,
    url: api.server + target,
    headers: { ...typed, ...headers },
    ...(body !== undefined && { body: form ? formOf(body) : isText ? body : JSON.stringify(body) }),
    signed: operation.access.some(({ kind }) => kind === 'signature'),
  }
}

function formOf(body: unknown): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(body as object)) {
    for (const each of [value].flat())
      form.append(name, each instanceof Blob || typeof each === 'string' ? each : JSON.stringify(each))
  }
  return form
}

/** The upload that an answer's form asks for: the store reads no field after the file. */
export function uploadOf(json: unknown, file: File): Call | undefined {
  const { url, fields } = (json ?? {}) as { url?: unknown; fields?: unknown }
  if (typeof url !== 'string' || typeof fields !== 'object' || fields === null) return undefined
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, String(value))
  body.append('file', file)
  return { method: 'POST', url, headers: {}, body, anonymous: true }
}

export interface SendOptions {
  readonly signal?: AbortSignal
  onProgress?(sent: number, total: number): void
}

/** Sends a request, whatever its answer. By XMLHttpRequest, since fetch tells nothing of an upload's progress. */
export function send(call: Call, { signal, onProgress }: SendOptions = {}): Promise<Answer> {
  const { method, url, headers, body, anonymous = false } = call
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, url)
    request.responseType = 'blob'
    const callers = anonymous ? [] : callerHeaders()
    for (const [name, value] of [...Object.entries(headers), ...callers]) request.setRequestHeader(name, value)
    if (onProgress) request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total)
    const settle = async () => {
      const duration = performance.now() - started
      const blob: Blob = request.response ?? new Blob()
      const type = request.getResponseHeader('content-type') ?? ''
      const text = type.startsWith('image/') ? '' : await blob.text()
      const list = request.getAllResponseHeaders().split('\r\n').filter(Boolean)
      const pairs = list.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const)
      const more = { duration, time: Date.now() }
      resolve({ call, status: request.status, headers: pairs, type, blob, text, json: parse(text), ...more })
    }
    request.onload = settle
    request.onerror = settle
    request.onabort = () => reject(new DOMException('', 'AbortError'))
    if (signal?.aborted) return reject(new DOMException('', 'AbortError'))
    signal?.addEventListener('abort', () => request.abort())
    request.send(body)
  })
}

export interface FieldError {
  readonly path: string
  readonly message: string
}

/** What an answer says is wrong, and where. */
export function errorsIn({ json }: Pick<Answer, 'json'>): FieldError[] {
  const { errors } = (json ?? {}) as { errors?: unknown }
  if (!Array.isArray(errors)) return []
  return errors.filter(({ path, message }) => typeof path === 'string' && typeof message === 'string')
}

/** A call for a command line, with variables for the caller's secrets. */
export function curlOf({ method, url, headers, body, signed = false, anonymous = false }: Call): CurlRequest {
  const { origin } = new URL(url, location.href)
  const callers = anonymous ? [] : shownCallerHeaders()
  return {
    method,
    origin,
    target: url.startsWith(origin) ? url.slice(origin.length) || '/' : url,
    headers: [...Object.entries(headers), ...callers],
    body,
    signed,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
