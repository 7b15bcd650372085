import { CallError, call, messageOf } from '../api.js'
import { fill, h } from '../dom.js'
import { feed } from '../feed.js'
import { t } from '../i18n.js'
import { button, dialog, empty, iconButton, problem, say } from '../ui.js'
import { editUser } from './user-form.js'

/** @typedef {{ id: number, name: string, age: number }} User */

const SIZES = [10, 25, 100, 1000]

/** Where the list is; it outlives a change of language. */
const state = {
  size: 25,
  /** `after` of each page up to this one. @type {string[]} */
  starts: ['0'],
  /** @type {User[]} */
  users: [],
  /** @type {string | null} */
  next: null,
}

/** The section of users. */
export function usersView() {
  const content = h('div', { class: 'panel', 'aria-busy': 'true' })
  const number = h('span', { class: 'muted', 'aria-live': 'polite' })
  const previous = button(t('users.previous'), { icon: 'back', onclick: () => turn(-1) })
  const next = button(t('users.next'), { onclick: () => turn(1) })
  const sizes = h(
    'select',
    { id: 'page-size', onchange: () => resize(Number(sizes.value)) },
    SIZES.map((size) => h('option', { value: size, selected: size === state.size }, size)),
  )
  /** @type {AbortController | undefined} */
  let running

  /** An answer that is overtaken by another question is dropped. */
  async function load() {
    running?.abort()
    const mine = new AbortController()
    running = mine
    content.setAttribute('aria-busy', 'true')
    try {
      const answer = await call('rds', `?limit=${state.size}&after=${state.starts.at(-1)}`, { signal: mine.signal })
      state.users = answer.users
      state.next = answer.next
      show()
    } catch (error) {
      if (mine.signal.aborted) return
      const requestId = error instanceof CallError ? error.requestId : undefined
      fill(content, problem(messageOf(error), button(t('retry'), { onclick: load }), requestId))
    }
    content.removeAttribute('aria-busy')
  }

  function show() {
    const page = state.starts.length
    fill(content, state.users.length > 0 ? table(page) : nothing(page))
    number.textContent = t('users.page', { page })
    enable(previous, page > 1)
    enable(next, state.next !== null)
  }

  /** @param {number} page */
  function table(page) {
    return h(
      'table',
      { class: 'users' },
      h('caption', { class: 'hidden' }, t('users.table', { page })),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col', class: 'number' }, t('users.id')),
          h('th', { scope: 'col' }, t('users.name')),
          h('th', { scope: 'col', class: 'number' }, t('users.age')),
          h('th', { scope: 'col' }, h('span', { class: 'hidden' }, t('users.actions'))),
        ),
      ),
      h('tbody', {}, state.users.map(row)),
    )
  }

  /** @param {User} user */
  function row(user) {
    const { id, name, age } = user
    return h(
      'tr',
      { 'data-id': id },
      h('td', { class: 'number muted' }, id),
      // Whichever way a name is written, it stays in its cell.
      h('td', { class: 'name', dir: 'auto' }, name),
      h('td', { class: 'number' }, age),
      h(
        'td',
        { class: 'actions' },
        iconButton('edit', t('users.editOf', { name }), { onclick: () => edit(user) }),
        iconButton('remove', t('users.deleteOf', { name }), { onclick: () => remove(user) }),
      ),
    )
  }

  /** @param {number} page */
  const nothing = (page) =>
    page > 1
      ? empty(t('users.emptyPage'))
      : empty(t('users.empty'), h('p', {}, t('users.emptyText')), button(t('users.add'), { icon: 'add', onclick: add }))

  /** @param {number} step */
  async function turn(step) {
    const { next: after } = state
    if (step < 0) state.starts.pop()
    else if (after !== null) state.starts.push(after)
    await load()
  }

  /** @param {number} size */
  async function resize(size) {
    Object.assign(state, { size, starts: ['0'] })
    await load()
  }

  async function add() {
    const added = await editUser()
    if (!added) return
    say(t('users.added', { name: added.name }))
    await load()
  }

  /** @param {User} user */
  async function edit(user) {
    const saved = await editUser(user)
    if (!saved) return
    say(t('users.saved', { name: saved.name }))
    await load()
    focus(saved.id)
  }

  /** @param {User} user */
  function remove({ id, name }) {
    const index = state.users.findIndex((user) => user.id === id)
    const failed = h('div')
    const confirmed = button(t('delete'), {
      kind: 'danger',
      async onclick() {
        confirmed.setAttribute('aria-disabled', 'true')
        try {
          await call('rds', `/${id}`, { method: 'DELETE' }).catch((error) => {
            // Gone is what was asked for.
            if (error.status !== 404) throw error
          })
          box.close()
          say(t('users.deleted', { name }))
          await load()
          focus((state.users[index] ?? state.users.at(-1))?.id)
        } catch (error) {
          confirmed.removeAttribute('aria-disabled')
          fill(failed, problem(messageOf(error)))
        }
      },
    })
    const box = dialog(
      t('users.deleteTitle'),
      [
        h('p', { class: 'wrap', dir: 'auto' }, t('users.deleteText', { id, name })),
        failed,
        h('div', { class: 'buttons' }, button(t('cancel'), { autofocus: true, onclick: () => box.close() }), confirmed),
      ],
      { role: 'alertdialog' },
    )
  }

  /** Keeps the keyboard where it was. @param {number | undefined} id */
  function focus(id) {
    const found = content.querySelector(`[data-id="${id}"] button`) ?? addButton
    if (found instanceof HTMLElement) found.focus()
  }

  const addButton = button(t('users.add'), { icon: 'add', kind: 'primary', onclick: add })
  const back = () => {
    if (feed.connected && content.querySelector('.problem')) void load()
  }
  feed.addEventListener('connection', back)
  void load()
  return {
    element: h(
      'section',
      {},
      h(
        'header',
        { class: 'head' },
        h('div', {}, h('h1', {}, t('nav.users')), h('p', { class: 'lead' }, t('users.lead'))),
        addButton,
      ),
      content,
      h(
        'div',
        { class: 'pager' },
        h('label', { class: 'inline' }, h('span', {}, t('users.pageSize')), sizes),
        h('div', { class: 'buttons' }, number, previous, next),
      ),
    ),
    leave: () => feed.removeEventListener('connection', back),
  }
}

/** Stays where the keyboard is, unlike a disabled button. @param {HTMLButtonElement} element @param {boolean} enabled */
function enable(element, enabled) {
  element.toggleAttribute('disabled', !enabled)
}
