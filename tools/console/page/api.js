import { record } from './calls.js'
import { found, t, translated } from './i18n.js'
import { apis, credentialHeaders, settings } from './settings.js'

/** A call that did not give what it was made for. */
export class CallError extends Error {
  /**
   * @param {number} status 0 where there was no answer.
   * @param {string} message
   * @param {object} [more]
   * @param {readonly { path: string, message: string }[]} [more.errors]
   * @param {string} [more.requestId]
   */
  constructor(status, message, { errors = [], requestId } = {}) {
    super(message)
    this.status = status
    this.errors = errors
    this.requestId = requestId
  }
}

/** @typedef {{ status: number, text: string, headers: [string, string][] }} Reply */

/**
 * @typedef {object} Request
 * @property {string} method
 * @property {string} url
 * @property {Readonly<Record<string, string>>} [headers] Beside those of the caller.
 * @property {string | FormData | File | undefined} [body]
 * @property {AbortSignal} [signal]
 * @property {(sent: number) => void} [onProgress] Bytes.
 * @property {boolean} [anonymous] Without the caller's credentials, as for S3.
 */

/**
 * Sends a request, whatever its answer. By XMLHttpRequest, since fetch tells nothing of an upload's progress.
 * @param {Request} request
 * @returns {Promise<Reply>} Status 0 where there was no answer that may be read; rejects where it was aborted.
 */
export function send({ method, url, headers = {}, body, signal, onProgress, anonymous = false }) {
  const started = performance.now()
  const sent = { ...headers, ...(anonymous ? {} : credentialHeaders()) }
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, url)
    for (const [name, value] of Object.entries(sent)) request.setRequestHeader(name, value)
    if (onProgress) request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    const settle = () => {
      const reply = { status: request.status, text: request.responseText, headers: headersOf(request) }
      if (!anonymous) record({ method, url, headers: Object.entries(sent), body }, reply, performance.now() - started)
      resolve(reply)
    }
    request.onload = settle
    request.onerror = settle
    request.onabort = () => reject(new DOMException('', 'AbortError'))
    if (signal?.aborted) return request.onabort(new ProgressEvent('abort'))
    signal?.addEventListener('abort', () => request.abort())
    request.send(body)
  })
}

/**
 * Calls an API. Its JSON, or undefined where the answer has none.
 * @param {'rds' | 's3'} api
 * @param {string} path After the API's URL.
 * @param {object} [options]
 * @param {string} [options.method]
 * @param {unknown} [options.json]
 * @param {FormData} [options.form]
 * @param {Readonly<Record<string, string>>} [options.headers]
 * @param {AbortSignal} [options.signal]
 * @param {(sent: number) => void} [options.onProgress]
 * @returns {Promise<any>}
 * @throws {CallError}
 */
export async function call(api, path, { method = 'GET', json, form, headers = {}, ...rest } = {}) {
  const url = apis[api] + path
  const body = json === undefined ? form : JSON.stringify(json)
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  const reply = await send({ method, url, headers: { ...type, ...headers }, body, ...rest })
  if (reply.status === 204) return undefined
  const answer = parse(reply.text)
  if (reply.status >= 200 && reply.status < 300 && answer !== undefined) return answer
  throw failure(reply, answer, new URL(url).host)
}

/**
 * @param {Reply} reply
 * @param {any} answer
 * @param {string} host
 */
function failure({ status }, answer, host) {
  const more = {
    errors: Array.isArray(answer?.errors) ? answer.errors : [],
    requestId: typeof answer?.requestId === 'string' ? answer.requestId : undefined,
  }
  const message = translated(String(answer?.message ?? answer?.Message ?? ''))
  if (status === 0) return new CallError(0, settings.mode === 'local' ? t('error.network', { host }) : t('error.cors'))
  if (status === 401) return new CallError(status, t('error.unauthorized'))
  // API Gateway's own; the functions answer none.
  if (status === 403) return new CallError(status, hasCredentials() ? t('error.forbidden') : t('error.unauthorized'))
  if (status === 429) return new CallError(status, t('error.throttled'))
  if (status === 503) return new CallError(status, t('error.unavailable', { message }), more)
  return new CallError(status, message || t('error.notJson', { status }), more)
}

const hasCredentials = () => Object.keys(credentialHeaders()).length > 0

/**
 * What went wrong, for whoever looks at the page.
 * @param {unknown} error
 */
export const messageOf = (error) => (error instanceof Error ? error.message : found(String(error)))

/** @param {string} text */
export function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @param {XMLHttpRequest} request @returns {[string, string][]} */
const headersOf = (request) =>
  request
    .getAllResponseHeaders()
    .split('\r\n')
    .filter(Boolean)
    .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)])
