import { fill, h } from '../dom.js'
import { feed, newsOf } from '../feed.js'
import { clockOf, millisecondsOf, t } from '../i18n.js'
import { settings } from '../settings.js'
import { button, empty } from '../ui.js'
import { requestDetail } from './request-detail.js'
import { statusOf } from './status.js'

/** @import { RequestSummary } from '../types.ts' */

/** The list, the oldest first. It grows while another section is shown. @type {Map<string, RequestSummary>} */
const known = new Map()
const state = { filter: '', show: 'all', selected: '' }

feed.addEventListener('reset', () => known.clear())
feed.addEventListener('requests', (event) => {
  for (const each of newsOf(event)) known.set(each.id, each)
  for (const id of known.keys()) {
    if (known.size <= feed.capacity) break
    known.delete(id)
  }
})

/** The section of requests. */
export function requestsView() {
  const body = h('tbody')
  const count = h('span', { class: 'muted small', role: 'status' })
  const none = h('div')
  const lead = h('p', { class: 'lead' })
  const detail = h('div', { class: 'detail' }, hint())
  /** @type {Map<string, { row: HTMLTableRowElement, summary: RequestSummary }>} */
  const rows = new Map()
  const filter = h('input', {
    type: 'search',
    id: 'filter',
    value: state.filter,
    placeholder: t('requests.filterHint'),
    autocomplete: 'off',
  })
  const show = h(
    'select',
    { id: 'show' },
    /** @type {const} */ (['all', 'failed', 'cold']).map((each) =>
      h('option', { value: each, selected: state.show === each }, t(`requests.${each}`)),
    ),
  )

  /** Puts in what is new, and takes out what is not kept any more; the rest stays as it is. @param {readonly RequestSummary[]} news */
  function add(news) {
    for (const summary of news) {
      const before = rows.get(summary.id)?.row
      const row = rowOf(summary)
      rows.set(summary.id, { row, summary })
      if (before) before.replaceWith(row)
      else body.prepend(row)
      if (summary.id === state.selected) void select(summary.id, false)
    }
    for (const [id, { row }] of rows) {
      if (known.has(id)) continue
      rows.delete(id)
      row.remove()
    }
    apply()
  }

  function reset() {
    lead.textContent =
      settings.mode === 'local' ? t('requests.leadLocal', { capacity: feed.capacity }) : t('requests.leadRemote')
    rows.clear()
    fill(body)
    add([...known.values()])
  }

  /** Shows the rows that the filter lets through. */
  function apply() {
    let shown = 0
    for (const { row, summary } of rows.values()) {
      row.hidden = !matches(summary)
      if (!row.hidden) shown += 1
    }
    count.textContent = t('requests.count', { shown, all: rows.size })
    if (rows.size === 0) fill(none, empty(t('requests.empty'), h('p', {}, t('requests.emptyText'))))
    else fill(none, shown === 0 && empty(t('requests.noMatch')))
    table.hidden = shown === 0
  }

  /** @param {RequestSummary} summary */
  function rowOf(summary) {
    const { id, time, method, target, status, duration, coldStart, environment } = summary
    const opener = h(
      'button',
      {
        type: 'button',
        class: 'bare request',
        'aria-current': id === state.selected && 'true',
        onclick: () => select(id),
      },
      h('span', { class: 'method' }, method),
      ' ',
      // The host of every call is the same: the path would not fit beside it.
      h('span', { class: 'target', dir: 'ltr', title: target }, target.replace(/^https?:\/\/[^/]+/, '')),
    )
    return h(
      'tr',
      { 'data-id': id, class: id === state.selected && 'selected' },
      h('td', { class: 'muted mono time' }, clockOf(time)),
      h('td', { class: 'what' }, opener),
      h('td', {}, statusOf(status)),
      h(
        'td',
        { class: 'number' },
        coldStart !== undefined &&
          h(
            'span',
            { class: 'cold', title: t('requests.coldText', { ms: Math.round(coldStart) }) },
            t('requests.coldStart'),
          ),
        ' ',
        millisecondsOf(duration),
      ),
      settings.mode === 'local' && h('td', { class: 'muted mono where' }, environment ?? t('requests.gateway')),
    )
  }

  /** @param {string} id @param {boolean} [look] Whether somebody has just asked for it. */
  async function select(id, look = true) {
    state.selected = id
    for (const [each, { row }] of rows) {
      row.classList.toggle('selected', each === id)
      if (each === id) row.querySelector('button')?.setAttribute('aria-current', 'true')
      else row.querySelector('button')?.removeAttribute('aria-current')
    }
    const found = await feed.detail(id)
    if (state.selected !== id) return
    fill(detail, found ? requestDetail(found, close) : h('p', { class: 'muted' }, t('requests.gone')))
    layout.classList.add('open')
    if (look) detail.querySelector('h2')?.focus({ preventScroll: layout.clientWidth > 900 })
  }

  function close() {
    const row = rows.get(state.selected)?.row
    state.selected = ''
    row?.classList.remove('selected')
    fill(detail, hint())
    layout.classList.remove('open')
    row?.querySelector('button')?.focus()
  }

  /** From row to row, as in any list. @param {KeyboardEvent} event */
  function move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const row = event.target instanceof Element && event.target.closest('tr')
    if (!step || !row) return
    event.preventDefault()
    const shown = [...body.querySelectorAll('tr')].filter(({ hidden }) => !hidden)
    shown[shown.indexOf(row) + step]?.querySelector('button')?.focus()
  }

  filter.addEventListener('input', () => {
    state.filter = filter.value
    apply()
  })
  show.addEventListener('change', () => {
    state.show = show.value
    apply()
  })
  body.addEventListener('keydown', move)
  const heads = /** @type {const} */ (['time', 'request', 'status', 'duration'])
  const table = h(
    'table',
    { class: 'requests' },
    h('caption', { class: 'hidden' }, t('requests.table')),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        heads.map((name) => h('th', { scope: 'col', class: name === 'duration' && 'number' }, t(`requests.${name}`))),
        settings.mode === 'local' && h('th', { scope: 'col', class: 'where' }, t('requests.environment')),
      ),
    ),
    body,
  )
  const layout = h('div', { class: 'split' }, h('div', { class: 'panel list' }, table, none), detail)
  const follow = (/** @type {Event} */ event) => add(newsOf(event))
  feed.addEventListener('reset', reset)
  feed.addEventListener('requests', follow)
  reset()
  if (state.selected) void select(state.selected, false)
  return {
    element: h(
      'section',
      { class: 'full' },
      h('header', { class: 'head' }, h('div', {}, h('h1', {}, t('nav.requests')), lead)),
      h(
        'div',
        { class: 'toolbar' },
        h('label', { class: 'inline grow' }, h('span', { class: 'hidden' }, t('requests.filter')), filter),
        h('label', { class: 'inline' }, h('span', { class: 'hidden' }, t('requests.show')), show),
        count,
        button(t('requests.clear'), { kind: 'quiet', icon: 'remove', onclick: () => feed.clear().then(close) }),
      ),
      layout,
    ),
    leave() {
      feed.removeEventListener('reset', reset)
      feed.removeEventListener('requests', follow)
    },
  }
}

const hint = () => h('div', { class: 'empty quiet' }, h('p', {}, t('requests.choose')))

/** @param {RequestSummary} summary */
function matches({ method, target, status, environment = '', coldStart }) {
  if (state.show === 'failed' && status > 0 && status < 400) return false
  if (state.show === 'cold' && coldStart === undefined) return false
  const text = `${method} ${target} ${status} ${environment}`.toLowerCase()
  return state.filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
