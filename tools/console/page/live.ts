import { useEffect, useState } from 'preact/hooks'
import type { RequestSummary } from '../recorder.ts'

/** Reconnection delay in milliseconds. */
const AGAIN = 1000

/** Subscribes to the revision of the API descriptions and the recorded requests, oldest first, and to the connection's state. */
export function useLive() {
  const [live, setLive] = useState({ revision: '', requests: [] as readonly RequestSummary[], connected: true })
  useEffect(() => {
    let source: EventSource | undefined
    /** Connects only while the page is visible: browsers allow six connections per host, and each page keeps one. */
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
