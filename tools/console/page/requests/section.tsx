import { useEffect, useState } from 'preact/hooks'
import { feed } from '../feed.ts'
import { clockOf, millisecondsOf, t } from '../i18n.ts'
import type { RequestDetail, RequestSummary } from '../types.ts'
import { Button, Status, useEvent } from '../ui.tsx'
import { Detail } from './detail.tsx'

const COLUMNS = [
  ['time', ''],
  ['request', ''],
  ['status', ''],
  ['duration', 'number'],
  ['environment', 'where'],
] as const

/** The requests that were recorded, as they come, and one of them. */
export function RequestsSection({ visible }: { visible: boolean }) {
  const [filter, setFilter] = useState('')
  const [selected, setSelected] = useState('')
  const [detail, setDetail] = useState<RequestDetail>()
  useEvent(feed, 'requests')
  const { requests } = feed
  const lineCount = requests.find(({ id }) => id === selected)?.lineCount
  useEffect(() => {
    let current = true
    if (selected) void load(selected).then((found) => current && setDetail(found))
    return () => {
      current = false
    }
  }, [selected, lineCount])
  if (!visible) return null

  const words = filter.toLowerCase().split(/\s+/)
  const rows = requests.filter((each) => words.every((word) => textOf(each).includes(word))).reverse()

  function close() {
    const row = document.querySelector<HTMLElement>('.requests .selected button')
    setSelected('')
    setDetail(undefined)
    // A narrow page shows the list again first.
    requestAnimationFrame(() => row?.focus())
  }

  /** The stream says when it is done, to every page. */
  async function clear() {
    await fetch('/.console/requests', { method: 'DELETE' }).catch(() => undefined)
    close()
  }

  return (
    <section class={detail ? 'stack requests open' : 'stack requests'}>
      <header class="stack head">
        <h1>{t('requests')}</h1>
        <p class="muted">{t('requests.lead')}</p>
      </header>
      <div class="row toolbar">
        <input
          type="search"
          aria-label={t('filter')}
          placeholder={t('filterHint')}
          autocomplete="off"
          value={filter}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
        <span class="muted small" role="status">
          {t('count', { shown: rows.length, all: requests.length })}
        </span>
        <Button kind="ghost" onClick={clear}>
          {t('clear')}
        </Button>
      </div>
      <div class="split">
        <div class="card list scroll">
          {rows.length > 0 ? (
            <table>
              <caption class="hidden">{t('requests.table')}</caption>
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
                {rows.map((each) => (
                  <Row key={each.id} request={each} selected={each.id === selected} onSelect={setSelected} />
                ))}
              </tbody>
            </table>
          ) : (
            <p class="empty">{t(requests.length > 0 ? 'noMatch' : 'requests.empty')}</p>
          )}
        </div>
        <div class="card detail">
          {detail ? <Detail request={detail} onClose={close} /> : <p class="empty">{t('choose.request')}</p>}
        </div>
      </div>
    </section>
  )
}

interface RowProps {
  readonly request: RequestSummary
  readonly selected: boolean
  onSelect(id: string): void
}

const Row = ({ request, selected, onSelect }: RowProps) => (
  <tr class={selected ? 'selected' : undefined}>
    <td class="muted mono">{clockOf(request.time)}</td>
    <td>
      <button type="button" class="opener" aria-current={selected || undefined} onClick={() => onSelect(request.id)}>
        <span class="method">{request.method}</span>{' '}
        <span class="target" dir="ltr" title={request.target}>
          {request.target}
        </span>
      </button>
    </td>
    <td>
      <Status status={request.status} />
    </td>
    <td class="number">
      {request.coldStart !== undefined && <span class="cold">{t('cold')}</span>} {millisecondsOf(request.duration)}
    </td>
    <td class="muted mono where">{request.environment ?? t('gateway')}</td>
  </tr>
)

/** What the filter looks in. */
const textOf = ({ method, target, status, coldStart, environment = t('gateway') }: RequestSummary): string =>
  [method, target, status, environment, coldStart === undefined ? '' : t('cold')].join(' ').toLowerCase()

async function load(id: string): Promise<RequestDetail | undefined> {
  const response = await fetch(`/.console/requests/${id}`).catch(() => undefined)
  return response?.ok ? response.json() : undefined
}
