import { useEffect, useState } from 'preact/hooks'
import type { Live } from './types.ts'

/** Milliseconds until a stream that ended is asked for again. */
const AGAIN = 1000

/** What the server records, as it comes, and whether it answers, as far as that is known. */
export function useLive(): Live & { readonly connected: boolean } {
  const [live, setLive] = useState({ revision: '', requests: [], connected: true })
  useEffect(() => {
    let source: EventSource | undefined
    let timer: number | undefined
    /** Listens while anybody looks: browsers allow six connections to a host, and each page would keep one. */
    function follow() {
      clearTimeout(timer)
      source?.close()
      if (document.hidden) return
      source = new EventSource('/.console/requests')
      source.onmessage = ({ data }) => setLive({ ...JSON.parse(data), connected: true })
      source.onerror = () => {
        setLive((before) => ({ ...before, connected: false }))
        // Some browsers try again by themselves, others give up where nobody listens.
        source?.close()
        timer = setTimeout(follow, AGAIN)
      }
    }
    document.addEventListener('visibilitychange', follow)
    follow()
  }, [])
  return live
}
