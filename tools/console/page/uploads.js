import { CallError, call, messageOf, parse, send } from './api.js'
import { t, translated } from './i18n.js'
import { settings } from './settings.js'

/**
 * A file that was sent or looked up here.
 * @typedef {object} Item
 * @property {string} id
 * @property {string} name Its key in the bucket.
 * @property {'sending' | 'stored' | 'failed' | 'cancelled'} state
 * @property {File} [file] Only of one that was sent.
 * @property {'api' | 's3'} [way]
 * @property {number} sent Bytes.
 * @property {string} [error]
 * @property {boolean} [badName] The API refuses its name.
 * @property {{ url: string, until: number }} [link]
 * @property {AbortController} [abort]
 */

/** The newest first; it outlives the view. @type {Item[]} */
export const items = []

/** Told of changes: `items` of the list, `item` of one of them. */
export const changed = new EventTarget()

/** @param {Item} item */
const tell = (item) => changed.dispatchEvent(new CustomEvent('item', { detail: item }))

/** @param {File} file @param {string} name */
export function upload(file, name) {
  /** @type {Item} */
  const item = { id: crypto.randomUUID(), name, state: 'sending', file, sent: 0 }
  items.unshift(item)
  changed.dispatchEvent(new Event('items'))
  void start(item)
  return item
}

/** Sends a file by the way that fits its size, or once more. @param {Item} item */
export async function start(item) {
  const { file } = item
  if (!file) return
  const abort = new AbortController()
  const way = file.size <= settings.maxDirectSize ? 'api' : 's3'
  Object.assign(item, { state: 'sending', sent: 0, error: undefined, badName: false, link: undefined, abort, way })
  tell(item)
  try {
    const options = {
      signal: abort.signal,
      onProgress(/** @type {number} */ sent) {
        // The form's own lines count as well.
        item.sent = Math.min(sent, file.size)
        tell(item)
      },
    }
    await (way === 'api' ? throughApi(file, item.name, options) : throughS3(file, item.name, options))
    Object.assign(item, { state: 'stored', sent: file.size })
    tell(item)
    await link(item)
  } catch (error) {
    const cancelled = abort.signal.aborted
    const name = error instanceof CallError ? error.errors.find(({ path }) => path === 'filename') : undefined
    const message = name ? translated(name.message) : messageOf(error)
    Object.assign(item, {
      state: cancelled ? 'cancelled' : 'failed',
      error: cancelled ? undefined : message,
      badName: name !== undefined,
    })
    tell(item)
  }
}

/** A link to a stored file, or a newer one. @param {Item} item @param {boolean} [verify] */
export async function link(item, verify = false) {
  const { url, expiresIn } = await linkTo(item.name, verify)
  item.link = { url, until: Date.now() + expiresIn * 1000 }
  tell(item)
}

/** Looks up a file that is there already. @param {string} name @param {boolean} verify @throws {CallError} */
export async function lookUp(name, verify) {
  /** @type {Item} */
  const item = { id: crypto.randomUUID(), name, state: 'stored', sent: 0 }
  await link(item, verify)
  items.unshift(item)
  changed.dispatchEvent(new Event('items'))
}

/** A link to any name. @param {string} name @param {boolean} verify @returns {Promise<{ url: string, expiresIn: number }>} */
export const linkTo = (name, verify) =>
  call('s3', `?filename=${encodeURIComponent(name)}${verify ? '&verify=true' : ''}`)

/** @typedef {{ signal: AbortSignal, onProgress: (sent: number) => void }} Options */

/** @param {File} file @param {string} name @param {Options} options */
async function throughApi(file, name, options) {
  const form = new FormData()
  form.append('filename', name)
  form.append('file', file)
  await call('s3', '', { method: 'POST', form, ...options })
}

/** @param {File} file @param {string} filename @param {Options} options */
async function throughS3(file, filename, options) {
  const json = { filename, size: file.size, ...(file.type && { contentType: file.type }) }
  const { url, fields } = await call('s3', '/uploads', { method: 'POST', json, signal: options.signal })
  const form = new FormData()
  for (const [field, value] of Object.entries(fields)) form.append(field, value)
  // S3 reads no field after the file.
  form.append('file', file)
  const { status, text } = await send({ method: 'POST', url, body: form, anonymous: true, ...options })
  if (status === 0) throw new CallError(0, t('error.uploadCors'))
  if (status >= 300) throw new CallError(status, t('error.upload', { message: messageIn(text) || String(status) }))
}

/** Of S3's XML. @param {string} xml */
const messageIn = (xml) => /<Message>([^<]*)<\/Message>/.exec(xml)?.[1] ?? parse(xml)?.message ?? ''
