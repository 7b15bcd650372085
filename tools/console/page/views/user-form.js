import { CallError, call, messageOf } from '../api.js'
import { fill, h } from '../dom.js'
import { t, translated } from '../i18n.js'
import { button, dialog, field, problem } from '../ui.js'

/** @import { User } from './users.js' */

/**
 * Asks for a new user, or for changes of one, until the API takes it.
 * @param {User} [user]
 * @returns {Promise<User | undefined>} As the API has it; undefined where nothing was saved.
 */
export function editUser(user) {
  const name = field('name', t('users.name'), {
    hint: t('users.nameHint'),
    value: user?.name,
    dir: 'auto',
    autofocus: true,
  })
  const age = field('age', t('users.age'), {
    hint: t('users.ageHint'),
    value: user?.age,
    inputmode: 'numeric',
    class: 'short',
  })
  const fields = { name, age }
  const rest = h('div')
  const save = button(t('save'), { kind: 'primary', type: 'submit' })
  /** @type {User | undefined} */
  let saved
  let key = ''
  let keyOf = ''

  /** What was typed, as JSON would have it; what is no number the API refuses, and says why. */
  const body = () => {
    const typed = age.input.value.trim()
    const number = Number(typed)
    return {
      name: name.input.value,
      ...(typed !== '' && { age: Number.isNaN(number) ? typed : number }),
    }
  }

  /** The same key for the same user: whatever is sent twice, it is created once. */
  const keyFor = (/** @type {string} */ json) => {
    if (keyOf !== json) key = crypto.randomUUID()
    keyOf = json
    return key
  }

  async function submit() {
    if (save.getAttribute('aria-disabled')) return
    busy(true)
    const json = body()
    try {
      const answer = user
        ? await call('rds', `/${user.id}`, { method: 'PUT', json })
        : await call('rds', '', { method: 'POST', json, headers: { 'Idempotency-Key': keyFor(JSON.stringify(json)) } })
      saved = answer.user
      box.close()
    } catch (error) {
      show(error)
    }
    busy(false)
  }

  /** @param {boolean} sending */
  function busy(sending) {
    if (sending) save.setAttribute('aria-disabled', 'true')
    else save.removeAttribute('aria-disabled')
    save.classList.toggle('busy', sending)
  }

  /** Each message at its field, and the first of these fields next. @param {unknown} error */
  function show(error) {
    const errors = error instanceof CallError ? error.errors : []
    for (const [path, each] of Object.entries(fields))
      each.say(translated(errors.find((one) => one.path === path)?.message ?? ''))
    const others = errors.filter(({ path }) => !(path in fields))
    const gone = user && error instanceof CallError && error.status === 404
    const message = gone
      ? t('users.gone')
      : others.map(({ path, message }) => `${path} ${translated(message)}`).join('; ')
    const requestId = error instanceof CallError && error.status >= 500 ? error.requestId : undefined
    fill(rest, (errors.length === 0 || message) && problem(message || messageOf(error), undefined, requestId))
    Object.values(fields)
      .find(({ input }) => input.hasAttribute('aria-invalid'))
      ?.input.focus()
  }

  const form = h(
    'form',
    {
      novalidate: true,
      onsubmit(/** @type {SubmitEvent} */ event) {
        event.preventDefault()
        void submit()
      },
    },
    name.element,
    age.element,
    rest,
    h('div', { class: 'buttons' }, button(t('cancel'), { onclick: () => box.close() }), save),
  )
  const box = dialog(user ? t('users.editTitle', { id: user.id }) : t('users.addTitle'), [form])
  return new Promise((resolve) => box.addEventListener('close', () => resolve(saved)))
}
