import { fill, h, icon } from './dom.js'
import { leftOf, t } from './i18n.js'

/** @import { Child } from './dom.js' */
/** @typedef {Parameters<typeof icon>[0]} IconName */

/**
 * @param {Child} label
 * @param {Readonly<Record<string, unknown>> & { icon?: IconName, kind?: 'primary' | 'danger' | 'quiet' | 'bare' }} [options]
 */
export function button(label, { icon: name, kind, ...attributes } = {}) {
  return h('button', { type: 'button', class: kind, ...attributes }, name && icon(name), label && h('span', {}, label))
}

/**
 * A button that is a drawing; its name is for those who do not see it, and for the pointer.
 * @param {IconName} name
 * @param {string} label
 * @param {Readonly<Record<string, unknown>>} [attributes]
 */
export const iconButton = (name, label, attributes = {}) =>
  h('button', { type: 'button', class: 'bare square', 'aria-label': label, title: label, ...attributes }, icon(name))

/** A message at the field that it is about. @typedef {{ element: HTMLElement, input: HTMLInputElement, say(message: string): void }} Field */

/**
 * @param {string} name
 * @param {string} label
 * @param {Readonly<Record<string, unknown>> & { hint?: string }} [options]
 * @returns {Field}
 */
export function field(name, label, { hint, ...attributes } = {}) {
  const id = `field-${name}`
  const input = h('input', { id, name, autocomplete: 'off', spellcheck: 'false', ...attributes })
  const note = h('p', { class: 'hint', id: `${id}-note` }, hint)
  if (hint) input.setAttribute('aria-describedby', note.id)
  return {
    element: h('div', { class: 'field' }, h('label', { for: id }, label), input, note),
    input,
    say(message) {
      note.classList.toggle('error', message !== '')
      fill(note, message && icon('warning'), message || hint)
      if (message) input.setAttribute('aria-invalid', 'true')
      else input.removeAttribute('aria-invalid')
      if (message || hint) input.setAttribute('aria-describedby', note.id)
      else input.removeAttribute('aria-describedby')
    },
  }
}

/**
 * @param {string} title
 * @param {readonly Child[]} children
 * @param {Readonly<Record<string, unknown>>} [attributes]
 */
export function dialog(title, children, attributes = {}) {
  const heading = h('h2', { id: `dialog-${crypto.randomUUID()}` }, title)
  const element = h('dialog', { 'aria-labelledby': heading.id, ...attributes }, heading, ...children)
  // A click beside it.
  element.addEventListener('pointerdown', (event) => {
    const { left, right, top, bottom } = element.getBoundingClientRect()
    const { clientX: x, clientY: y } = event
    if (event.target === element && (x < left || x > right || y < top || y > bottom)) element.close()
  })
  element.addEventListener('close', () => element.remove())
  document.body.append(element)
  element.showModal()
  return element
}

/**
 * What is shown where there is nothing.
 * @param {string} title
 * @param {...Child} children
 */
export const empty = (title, ...children) =>
  h('div', { class: 'empty' }, h('p', { class: 'strong' }, title), ...children)

/**
 * @param {string} message
 * @param {Child} [action]
 * @param {string} [requestId]
 */
export const problem = (message, action, requestId) =>
  h(
    'div',
    { class: 'problem', role: 'alert' },
    icon('warning'),
    h('div', {}, h('p', {}, message), requestId && h('p', { class: 'hint mono' }, t('requestId', { id: requestId }))),
    action,
  )

const said = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' })
document.body.append(said)

/** Says something that needs no answer, and takes it away again. @param {string} message */
export function say(message) {
  const toast = h('p', { class: 'toast' }, message)
  fill(said, toast)
  setTimeout(() => toast.remove(), 4000)
}

/**
 * @param {string} text
 * @param {string} [message]
 */
export async function copy(text, message = t('copied')) {
  await navigator.clipboard.writeText(text).then(
    () => say(message),
    () => say(t('copyFailed')),
  )
}

/** @type {Map<HTMLElement, { until: number, over: () => void }>} */
const clocks = new Map()

/**
 * The time until then, which goes on by itself.
 * @param {number} until Epoch milliseconds.
 * @param {() => void} over Called once, when it is over.
 */
export function countdown(until, over) {
  const element = h('span', { class: 'clock', role: 'timer' }, leftOf(until - Date.now()))
  clocks.set(element, { until, over })
  return element
}

setInterval(() => {
  for (const [element, { until, over }] of clocks) {
    const left = until - Date.now()
    if (!element.isConnected) clocks.delete(element)
    else if (left > 0) element.textContent = leftOf(left)
    else {
      clocks.delete(element)
      over()
    }
  }
}, 1000)
