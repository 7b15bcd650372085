/** @import { Content, RequestDetail } from './types.ts' */
/** @import { Reply, Request } from './api.js' */

/** Calls of this page that are kept, and bytes of a body that are shown of each. */
const CAPACITY = 200
const MAX_TEXT = 64 * 1024

/**
 * What this page has called: all that is known of requests to APIs elsewhere.
 * @typedef {object} Call
 * @property {RequestDetail} detail
 * @property {Pick<Request, 'method' | 'url' | 'body'> & { headers: [string, string][] }} request
 */

/** @type {Call[]} The oldest first. */
export const calls = []

/** Told of each new call. */
export const called = new EventTarget()

/**
 * @param {Call['request']} request
 * @param {Reply} reply
 * @param {number} duration Milliseconds.
 */
export function record(request, reply, duration) {
  const { method, url, headers, body } = request
  const id = reply.headers.find(([name]) => name.toLowerCase() === 'x-amzn-requestid')?.[1] ?? crypto.randomUUID()
  /** @type {RequestDetail} */
  const detail = {
    id,
    time: Date.now(),
    method,
    target: url,
    status: reply.status,
    duration,
    size: new Blob([reply.text]).size,
    headers: headers.map(([name, value]) => [name, hide(name, value)]),
    ...(body !== undefined && { body: contentOf(body) }),
    answer: { headers: reply.headers, body: contentOf(reply.text) },
  }
  calls.push({ detail, request })
  calls.splice(0, calls.length - CAPACITY)
  called.dispatchEvent(new Event('call'))
}

/** @param {string} name @param {string} value */
function hide(name, value) {
  if (name === 'authorization') return value.replace(/ .*/s, ' •••')
  return name === 'x-api-key' ? '•••' : value
}

/**
 * @param {string | FormData | File} body
 * @returns {Content}
 */
function contentOf(body) {
  if (body instanceof Blob) return { size: body.size, cut: true, text: '' }
  const form = body instanceof FormData ? [...body].map(([name, value]) => `${name}: ${shown(value)}`).join('\n') : body
  return {
    size: new Blob([form]).size,
    cut: body instanceof FormData || form.length > MAX_TEXT,
    text: form.slice(0, MAX_TEXT),
  }
}

/** @param {FormDataEntryValue} value */
const shown = (value) => (value instanceof Blob ? `(${value.name}, ${value.size})` : value)
