import { callerHeaders } from './access.ts'
import type { CurlRequest } from './curl.ts'
import { t } from './i18n.ts'
import type { Operation } from './openapi.ts'

/** Values of a form, by place and name. */
export type Input = Readonly<Record<'path' | 'query' | 'header', Record<string, unknown>>> & { readonly body?: unknown }

export interface Call {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | FormData
  /** Sent without the caller's credentials, to a store. */
  readonly anonymous?: boolean
  readonly signed?: boolean
}

export interface Answer {
  readonly call: Call
  /** 0 where no answer came that the page may read. */
  readonly status: number
  readonly blob: Blob
  /** Empty for a picture. */
  readonly text: string
  /** `undefined` where the text is no JSON. */
  readonly json: unknown
  /** Milliseconds. */
  readonly duration: number
  /** Epoch milliseconds. */
  readonly time: number
}

/** The request that an operation's form describes. */
export function callOf({ api, ...operation }: Operation, { path, query, header, body }: Input): Call {
  const route = operation.path.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(String(path[name] ?? '')))
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
  const target = route + (search.size > 0 ? `?${search}` : '')
  const headers = Object.fromEntries(Object.entries(header).map(([name, value]) => [name, String(value)]))
  const type = operation.body?.type ?? ''
  const form = type.startsWith('multipart/')
  return {
    method: operation.method,
    url: api.server + target,
    headers: { ...(type && !form && { 'content-type': type }), ...headers },
    ...(body !== undefined && { body: form ? formOf(body) : JSON.stringify(body) }),
    signed: operation.access.some(({ kind }) => kind === 'signature'),
  }
}

function formOf(body: unknown): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(body as object))
    for (const each of [value].flat())
      form.append(name, each instanceof Blob || typeof each === 'string' ? each : JSON.stringify(each))
  return form
}

/** The upload that an answer's form asks for: the store reads no field after the file. */
export function uploadOf({ json }: Answer, file: File): Call | undefined {
  const { url, fields } = (json ?? {}) as { url?: unknown; fields?: unknown }
  if (typeof url !== 'string' || typeof fields !== 'object' || fields === null) return undefined
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, String(value))
  body.append('file', file)
  return { method: 'POST', url, headers: {}, body, anonymous: true }
}

/**
 * Sends a request, whatever its answer. By XMLHttpRequest: fetch tells nothing of an upload's progress.
 * @param onProgress Called of forms, which may have files.
 */
export function send(call: Call, signal?: AbortSignal, onProgress?: (event: ProgressEvent) => void): Promise<Answer> {
  const { method, url, headers, body, anonymous = false } = call
  const started = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const request = new XMLHttpRequest()
  request.open(method, url)
  request.responseType = 'blob'
  const callers = anonymous ? [] : callerHeaders()
  for (const [name, value] of [...Object.entries(headers), ...callers]) request.setRequestHeader(name, value)
  if (onProgress && body instanceof FormData) request.upload.onprogress = onProgress
  request.onloadend = async () => {
    if (signal?.aborted) return reject(signal.reason)
    const duration = performance.now() - started
    const blob: Blob = request.response ?? new Blob()
    const text = blob.type.startsWith('image/') ? '' : await blob.text()
    const { status } = request
    resolve({ call, status, blob, text, json: parse(text), duration, time: Date.now() })
  }
  signal?.addEventListener('abort', () => request.abort())
  request.send(body)
  return promise
}

/** The message of an answer, for people; empty for a success. */
export function messageOf({ call, status, json, text }: Answer, { access }: Operation): string {
  if (status >= 200 && status < 300) return ''
  const { host } = new URL(call.url)
  if (status === 0) return t(call.anonymous ? 'noStore' : 'noAnswerFrom', { host })
  if (!call.anonymous && access.length > 0 && (status === 401 || status === 403))
    return t(call.signed ? 'access.signature' : 'unauthorized')
  const { message, Message } = (json ?? {}) as { message?: unknown; Message?: unknown }
  const said = message ?? Message ?? /<Message>([^<]*)<\/Message>/.exec(text)?.[1]
  return String(said || t('notJson', { status }))
}

export interface FieldError {
  readonly path: string
  readonly message: string
}

/** Errors of an answer, each with the field that it is about. */
export function errorsIn({ json }: Answer): FieldError[] {
  const { errors } = (json ?? {}) as { errors?: unknown }
  if (!Array.isArray(errors)) return []
  return errors.filter(({ path, message }) => typeof path === 'string' && typeof message === 'string')
}

/** A call for a command line, with variables for the caller's secrets. */
export function curlOf({ method, url, headers, body, signed = false, anonymous = false }: Call): CurlRequest {
  const { origin } = new URL(url)
  const callers = anonymous ? [] : callerHeaders()
  const hidden = callers.map(([name, value]) => [name, value.replace(/\S+$/, '•••')] as const)
  return {
    method,
    origin,
    target: url.slice(origin.length) || '/',
    headers: [...Object.entries(headers), ...hidden],
    body,
    signed,
  }
}

/** The JSON in a text; `undefined` where it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
