import type { CurlRequest } from './curl.ts'
import { t } from './i18n.ts'
import type { Operation } from './openapi.ts'

/** Values of a form, by place and name. */
export type Input = Readonly<Record<'path' | 'query' | 'header', Record<string, unknown>>> & { readonly body?: unknown }

export type Answer = Awaited<ReturnType<typeof answerOf>>

/** Builds the request of an operation from form values. */
export function callOf(
  { server, method, signed, ...operation }: Operation,
  { path, query, header, body }: Input,
): CurlRequest {
  const { origin, pathname } = new URL(server)
  const route = operation.path.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(String(path[name] ?? '')))
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
  const target = pathname.replace(/\/$/, '') + route + (search.size > 0 ? `?${search}` : '')
  const type = operation.body?.type ?? ''
  const form = type.startsWith('multipart/')
  const headers = Object.entries(header).map(([name, value]) => [name, String(value)] as const)
  if (type && !form) headers.unshift(['content-type', type])
  const content = body !== undefined && { body: form ? formOf(body) : JSON.stringify(body) }
  return { method, origin, target, headers, signed, ...content }
}

function formOf(body: unknown): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(body as object))
    for (const each of [value].flat())
      form.append(name, each instanceof Blob || typeof each === 'string' ? each : JSON.stringify(each))
  return form
}

/** Builds the upload for a presigned form. The file comes last: the store ignores fields after it. */
export function uploadOf({ json }: Answer, file: File): CurlRequest | undefined {
  const { url, fields } = Object(json)
  if (typeof url !== 'string' || typeof fields !== 'object' || fields === null) return undefined
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, String(value))
  body.append('file', file)
  const { origin, pathname, search } = new URL(url)
  return { method: 'POST', origin, target: pathname + search, headers: [], body }
}

/**
 * Sends a request; resolves with any response. Uses XMLHttpRequest, since fetch does not report upload progress.
 * @param onProgress called for forms, which may contain files.
 */
export function send(call: CurlRequest, onProgress?: (event: ProgressEvent) => void): Promise<Answer> {
  const { method, origin, target, headers, body } = call
  const started = performance.now()
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const request = new XMLHttpRequest()
  request.open(method, origin + target)
  request.responseType = 'blob'
  for (const [name, value] of headers) request.setRequestHeader(name, value)
  if (onProgress && body instanceof FormData) request.upload.onprogress = onProgress
  request.onloadend = () => resolve(answerOf(call, request, performance.now() - started))
  request.send(body)
  return promise
}

/** Reads a response, with its duration in milliseconds and its time. The status is 0 without a readable response. */
async function answerOf(call: CurlRequest, { status, response }: XMLHttpRequest, duration: number) {
  const blob: Blob = response ?? new Blob()
  /** URL of the picture; a picture has no text. */
  const picture = blob.type.startsWith('image/') ? URL.createObjectURL(blob) : ''
  const text = picture ? '' : await blob.text()
  return { call, status, size: blob.size, picture, text, json: parse(text), duration, time: Date.now() }
}

/** Error message of a response; empty for success. */
export function messageOf({ call, status, json, text }: Answer): string {
  if (status >= 200 && status < 300) return ''
  if (status === 0) return t('noAnswerFrom', { host: new URL(call.origin).host })
  const { message, Message } = Object(json)
  return String(message || Message || /<Message>([^<]*)<\/Message>/.exec(text)?.[1] || t('noMessage', { status }))
}

export type FieldError = { readonly path: string; readonly message: string }

/** Errors of a response, by field. */
export function errorsIn({ json }: Answer): FieldError[] {
  const { errors } = Object(json)
  if (!Array.isArray(errors)) return []
  return errors.filter(({ path, message }) => typeof path === 'string' && typeof message === 'string')
}

/** Parses JSON; `undefined` if invalid. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
