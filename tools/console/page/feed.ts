import type { Live, RequestSummary } from './types.ts'

/** Milliseconds until a stream that ended is asked for again. */
const AGAIN = 1000

/** What the server records, as it comes. Tells of changes by `requests`, `connection` and `apis` (their descriptions have changed). */
class Feed extends EventTarget {
  /** The oldest first. */
  requests: readonly RequestSummary[] = []
  /** Whether the service answers, as far as that is known. */
  connected = true
  /** Revision of the APIs' descriptions. */
  #apis: string | undefined
  #source: EventSource | undefined
  #timer: number | undefined

  constructor() {
    super()
    document.addEventListener('visibilitychange', () => this.#follow())
    this.#follow()
  }

  /** Listens while anybody looks: browsers allow six connections to a host, and each page would keep one. */
  #follow(): void {
    clearTimeout(this.#timer)
    this.#source?.close()
    if (document.hidden) return
    const source = new EventSource('/.console/requests')
    this.#source = source
    source.onmessage = ({ data }) => {
      const { apis, requests } = JSON.parse(data) as Live
      const changed = this.#apis !== undefined && this.#apis !== apis
      this.#apis = apis
      this.requests = requests
      this.#setConnected(true)
      this.dispatchEvent(new Event('requests'))
      if (changed) this.dispatchEvent(new Event('apis'))
    }
    source.onerror = () => {
      this.#setConnected(false)
      // Some browsers try again by themselves, others give up where nobody listens.
      source.close()
      this.#timer = setTimeout(() => this.#follow(), AGAIN)
    }
  }

  #setConnected(connected: boolean): void {
    if (this.connected === connected) return
    this.connected = connected
    this.dispatchEvent(new Event('connection'))
  }
}

export const feed = new Feed()
