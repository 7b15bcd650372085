/** @import { Hello, RequestDetail, RequestSummary } from './types.ts' */
import { send } from './api.js'
import { called, calls } from './calls.js'
import { settings } from './settings.js'

/**
 * Where the list of requests comes from. It tells of changes by `requests` (what came or changed), `reset` (all before is void),
 * and `connection`.
 */
class Feed extends EventTarget {
  /** Requests that are kept. */
  capacity = 200
  /** Whether the service answers, as far as that is known. */
  connected = true

  /** @param {string} type @param {unknown} [detail] */
  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }

  /** @param {boolean} connected */
  setConnected(connected) {
    if (this.connected === connected) return
    this.connected = connected
    this.tell('connection')
  }
}

/** Milliseconds until a stream that was refused is asked for again. */
const AGAIN = 1000

/** The stream of the local gateway, while anybody looks: browsers allow six connections to a host, and each page would keep one. */
class LocalFeed extends Feed {
  /** @type {EventSource | undefined} */
  #source
  /** @type {number | undefined} */
  #timer

  constructor() {
    super()
    document.addEventListener('visibilitychange', () => this.#follow())
    this.#follow()
  }

  #follow() {
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = undefined
    if (document.hidden) return
    const source = new EventSource('/.console/requests')
    this.#source = source
    source.addEventListener('hello', ({ data }) => {
      /** @type {Hello} */
      const { capacity } = JSON.parse(data)
      this.capacity = capacity
      this.setConnected(true)
      this.tell('reset')
    })
    source.addEventListener('requests', ({ data }) => this.tell('requests', JSON.parse(data)))
    source.addEventListener('error', () => {
      this.setConnected(false)
      // Some browsers try again by themselves, others give up where nobody listens.
      if (source.readyState === EventSource.CLOSED) this.#timer = setTimeout(() => this.#follow(), AGAIN)
    })
  }

  /** @param {string} id @returns {Promise<RequestDetail | undefined>} */
  async detail(id) {
    const response = await fetch(`/.console/requests/${id}`)
    return response.ok ? response.json() : undefined
  }

  /** @param {string} id */
  async replay(id) {
    await fetch(`/.console/requests/${id}/replay`, { method: 'POST' })
  }

  async clear() {
    // The stream says when it is done, to every page.
    await fetch('/.console/requests', { method: 'DELETE' })
  }
}

/** The calls of this page. */
class OwnFeed extends Feed {
  constructor() {
    super()
    called.addEventListener('call', () => {
      const detail = calls.at(-1)?.detail
      this.setConnected(detail?.status !== 0)
      this.tell('requests', [detail])
    })
  }

  /** @param {string} id @returns {Promise<RequestDetail | undefined>} */
  async detail(id) {
    return calls.find(({ detail }) => detail.id === id)?.detail
  }

  /** @param {string} id */
  async replay(id) {
    const known = calls.find(({ detail }) => detail.id === id)?.request
    if (known) await send({ ...known, headers: Object.fromEntries(known.headers) })
  }

  async clear() {
    calls.length = 0
    this.tell('reset')
  }
}

export const feed = settings.mode === 'local' ? new LocalFeed() : new OwnFeed()

/** @param {Event} event @returns {RequestSummary[]} */
export const newsOf = (event) => /** @type {CustomEvent} */ (event).detail
