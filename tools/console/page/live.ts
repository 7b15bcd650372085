import { useEffect, useState } from 'preact/hooks'
import type { RequestSummary } from '../recorder.ts'

/** Milliseconds until a stream that ended is asked for again. */
const AGAIN = 1000

/** The revision of the APIs' descriptions and the requests that are kept, the oldest first, as they come; and whether they do. */
export function useLive() {
  const [live, setLive] = useState({ revision: '', requests: [] as readonly RequestSummary[], connected: true })
  useEffect(() => {
    let source: EventSource | undefined
    /** Listens while anybody looks: browsers allow six connections to a host, and each page would keep one. */
    function follow() {
      source?.close()
      if (document.hidden) return
      source = new EventSource('/.console/requests')
      source.onmessage = ({ data }) => setLive({ ...JSON.parse(data), connected: true })
      source.onerror = () => {
        setLive((before) => ({ ...before, connected: false }))
        // Not every browser reconnects an EventSource after a refused connection.
        source?.close()
        setTimeout(follow, AGAIN)
      }
    }
    document.addEventListener('visibilitychange', follow)
    follow()
  }, [])
  return live
}
