import type { Hello, RequestDetail, RequestSummary } from './types.ts'

/** Milliseconds until a stream that was refused is asked for again. */
const AGAIN = 1000

/** The requests that the server keeps. Tells of changes by `requests`, `connection` and `apis` (their descriptions have changed). */
class Feed extends EventTarget {
  /** Requests that are kept. */
  capacity = 0
  /** Whether the service answers, as far as that is known. */
  connected = true
  /** The oldest first. */
  readonly known = new Map<string, RequestSummary>()
  /** Of the APIs' descriptions. */
  #revision: string | undefined
  #source: EventSource | undefined
  #timer: number | undefined

  constructor() {
    super()
    document.addEventListener('visibilitychange', () => this.#follow())
    this.#follow()
  }

  #tell(type: 'requests' | 'connection' | 'apis'): void {
    this.dispatchEvent(new Event(type))
  }

  #setConnected(connected: boolean): void {
    if (this.connected === connected) return
    this.connected = connected
    this.#tell('connection')
  }

  /** Listens while anybody looks: browsers allow six connections to a host, and each page would keep one. */
  #follow(): void {
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = undefined
    if (document.hidden) return
    const source = new EventSource('/.console/requests')
    this.#source = source
    source.addEventListener('hello', ({ data }) => {
      this.capacity = (JSON.parse(data) as Hello).capacity
      this.known.clear()
      this.#setConnected(true)
      this.#tell('requests')
    })
    source.addEventListener('requests', ({ data }) => {
      for (const each of JSON.parse(data) as RequestSummary[]) this.known.set(each.id, each)
      for (const id of this.known.keys()) {
        if (this.known.size <= this.capacity) break
        this.known.delete(id)
      }
      this.#tell('requests')
    })
    source.addEventListener('apis', ({ data }) => {
      const known = this.#revision
      this.#revision = data
      if (known !== undefined && known !== data) this.#tell('apis')
    })
    source.addEventListener('error', () => {
      this.#setConnected(false)
      // Some browsers try again by themselves, others give up where nobody listens.
      if (source.readyState === EventSource.CLOSED) this.#timer = setTimeout(() => this.#follow(), AGAIN)
    })
  }

  async detail(id: string): Promise<RequestDetail | undefined> {
    const response = await fetch(`/.console/requests/${id}`).catch(() => undefined)
    return response?.ok ? response.json() : undefined
  }

  /** @returns whether it was sent. */
  async replay(id: string): Promise<boolean> {
    return (await fetch(`/.console/requests/${id}/replay`, { method: 'POST' }).catch(() => undefined))?.ok ?? false
  }

  /** The stream says when it is done, to every page. */
  async clear(): Promise<void> {
    await fetch('/.console/requests', { method: 'DELETE' }).catch(() => undefined)
  }
}

export const feed = new Feed()
