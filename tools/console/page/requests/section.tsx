import { useEffect, useState } from 'preact/hooks'
import type { RequestDetail, RequestSummary } from '../../recorder.ts'
import { clockOf, millisecondsOf, t } from '../i18n.ts'
import { Button, Method, Status } from '../ui.tsx'
import { Detail } from './detail.tsx'

const COLUMNS = [['time'], ['request'], ['status'], ['duration', 'number'], ['environment', 'where']] as const

/** The live list of recorded requests, and details of the selected one. */
export function RequestsSection({ requests, visible }: { requests: readonly RequestSummary[]; visible: boolean }) {
  const [selected, setSelected] = useState('')
  const [detail, setDetail] = useState<RequestDetail>()
  const lineCount = requests.find(({ id }) => id === selected)?.lineCount
  useEffect(() => {
    let current = true
    if (selected) void load(selected).then((found) => current && setDetail(found))
    return () => {
      current = false
    }
  }, [selected, lineCount])
  if (!visible) return null

  function close() {
    const row = document.querySelector<HTMLElement>('.selected button')
    setSelected('')
    setDetail(undefined)
    // A narrow page must first show the list again.
    requestAnimationFrame(() => row?.focus())
  }

  return (
    <section class="vstack">
      <header class="vstack head">
        <h1>{t('requests')}</h1>
        <p class="muted">{t('requests.lead')}</p>
      </header>
      <div class="panes">
        <div class="card list scroll">
          {requests.length > 0 ? (
            <table>
              <caption class="hidden">{t('requests')}</caption>
              <thead>
                <tr>
                  {COLUMNS.map(([name, kind]) => (
                    <th key={name} scope="col" class={kind}>
                      {t(name)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {requests.toReversed().map(({ id, time, method, target, status, coldStart, duration, environment }) => (
                  <tr key={id} class={id === selected ? 'selected' : undefined}>
                    <td class="muted mono">{clockOf(time)}</td>
                    <td>
                      <Button
                        kind="ghost"
                        class="opener"
                        aria-current={id === selected || undefined}
                        title={target}
                        onClick={() => setSelected(id)}
                      >
                        <Method method={method} /> <span dir="ltr">{target}</span>
                      </Button>
                    </td>
                    <td>
                      <Status status={status} />
                    </td>
                    <td class="number">
                      {coldStart !== undefined && <span class="cold">{t('cold')}</span>} {millisecondsOf(duration)}
                    </td>
                    <td class="muted mono where">{environment ?? t('gateway')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <p class="muted align-center p-4">{t('empty')}</p>
          )}
        </div>
        {detail && <Detail request={detail} onClose={close} />}
      </div>
    </section>
  )
}

async function load(id: string): Promise<RequestDetail | undefined> {
  const response = await fetch(`/.console/requests/${id}`).catch(() => undefined)
  return response?.ok ? response.json() : undefined
}
