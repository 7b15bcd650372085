import { useEffect, useRef, useState } from 'preact/hooks'
import { feed } from '../feed.ts'
import { clockOf, millisecondsOf, t } from '../i18n.ts'
import type { RequestDetail, RequestSummary } from '../types.ts'
import { Button, Status, useEvent } from '../ui.tsx'
import { Detail } from './detail.tsx'

const SHOWN = ['all', 'failed', 'cold'] as const
type Shown = (typeof SHOWN)[number]

/** The requests that were recorded, as they come, and one of them. */
export function RequestsSection({ visible }: { visible: boolean }) {
  const [filter, setFilter] = useState('')
  const [show, setShow] = useState<Shown>('all')
  const [selected, setSelected] = useState('')
  const [detail, setDetail] = useState<RequestDetail>()
  const table = useRef<HTMLTableElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useEvent(feed, 'requests')
  const known = feed.known.get(selected)
  useEffect(() => {
    let current = true
    if (selected) void feed.detail(selected).then((found) => current && setDetail(found))
    return () => {
      current = false
    }
  }, [selected, known])
  useEffect(() => {
    if (detail) heading.current?.focus({ preventScroll: true })
  }, [detail?.id])
  if (!visible) return null

  const all = [...feed.known.values()].reverse()
  const rows = all.filter((each) => matches(each, filter, show))

  function close() {
    table.current?.querySelector<HTMLElement>(`[data-id="${selected}"] button`)?.focus()
    setSelected('')
    setDetail(undefined)
  }

  /** From row to row, as in any list. */
  function move(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const row = event.target instanceof Element && event.target.closest('tr')
    if (!step || !row) return
    event.preventDefault()
    const shown = [...(table.current?.tBodies[0]?.rows ?? [])]
    shown[shown.indexOf(row) + step]?.querySelector('button')?.focus()
  }

  return (
    <section class={detail ? 'stack requests open' : 'stack requests'}>
      <header class="stack head">
        <h1>{t('requests')}</h1>
        <p class="muted">{t('requests.lead', { capacity: feed.capacity })}</p>
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
        <select
          aria-label={t('show')}
          value={show}
          onChange={({ currentTarget }) => setShow(currentTarget.value as Shown)}
        >
          {SHOWN.map((each) => (
            <option key={each} value={each}>
              {t(`show.${each}`)}
            </option>
          ))}
        </select>
        <span class="muted small" role="status">
          {t('count', { shown: rows.length, all: all.length })}
        </span>
        <Button kind="quiet" icon="remove" onClick={() => feed.clear().then(close)}>
          {t('clear')}
        </Button>
      </div>
      <div class="split">
        <div class="card list scroll">
          {rows.length > 0 ? (
            <table ref={table} onKeyDown={move}>
              <caption class="hidden">{t('requests.table')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('time')}</th>
                  <th scope="col">{t('request')}</th>
                  <th scope="col">{t('status')}</th>
                  <th scope="col" class="number">
                    {t('duration')}
                  </th>
                  <th scope="col" class="where">
                    {t('environment')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((each) => (
                  <Row key={each.id} request={each} selected={each.id === selected} onSelect={setSelected} />
                ))}
              </tbody>
            </table>
          ) : (
            <p class="empty">{all.length > 0 ? t('noMatch') : t('requests.empty')}</p>
          )}
        </div>
        <div class="card detail">
          {detail ? (
            <Detail request={detail} heading={heading} onClose={close} />
          ) : (
            <p class="empty">{selected && !known ? t('gone') : t('choose.request')}</p>
          )}
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

function Row({ request, selected, onSelect }: RowProps) {
  const { id, time, method, target, status, duration, coldStart, environment } = request
  return (
    <tr data-id={id} class={selected ? 'selected' : undefined}>
      <td class="muted mono">{clockOf(time)}</td>
      <td>
        <button type="button" class="opener" aria-current={selected || undefined} onClick={() => onSelect(id)}>
          <span class="method">{method}</span>{' '}
          <span class="target" dir="ltr" title={target}>
            {target}
          </span>
        </button>
      </td>
      <td>
        <Status status={status} />
      </td>
      <td class="number">
        {coldStart !== undefined && (
          <span class="cold" title={t('coldText', { ms: Math.round(coldStart) })}>
            {t('cold')}
          </span>
        )}{' '}
        {millisecondsOf(duration)}
      </td>
      <td class="muted mono where">{environment ?? t('gateway')}</td>
    </tr>
  )
}

function matches({ method, target, status, environment = '', coldStart }: RequestSummary, filter: string, show: Shown) {
  if (show === 'failed' && status > 0 && status < 400) return false
  if (show === 'cold' && coldStart === undefined) return false
  const text = `${method} ${target} ${status} ${environment}`.toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
