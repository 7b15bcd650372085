import { messageOf } from '../api.js'
import { fill, h, icon } from '../dom.js'
import { dateOf, found, leftOf, t } from '../i18n.js'
import { explain } from '../presign/explain.js'
import { button, say } from '../ui.js'
import { items, linkTo } from '../uploads.js'

/** @import { UrlExplanation } from '../presign/url.js' */
/** @import { FormExplanation, Condition } from '../presign/form.js' */
/** @import { Finding } from '../presign/signature.js' */
/** @import { Child } from '../dom.js' */

const state = { text: '' }

/** The section that explains presigned URLs. @param {string} [url] One to begin with. */
export function presignView(url) {
  if (url !== undefined) state.text = url
  const input = h('textarea', {
    id: 'presigned',
    rows: 5,
    class: 'mono',
    spellcheck: 'false',
    autocomplete: 'off',
    dir: 'ltr',
  })
  input.value = state.text
  const answer = h('div', { class: 'stack', 'aria-live': 'polite' })
  let said = ''

  /** Made anew only where something else is to be said: a screen reader would say it all again. */
  function show() {
    const told = explain(state.text, Date.now())
    const problems = told?.problems.map(({ code }) => code).join()
    const now = `${state.text} ${problems}`
    const left = answer.querySelector('.clock')
    if (now !== said) fill(answer, ...contents(told))
    else if (left && told) left.textContent = timeLeft(told.until)
    said = now
  }

  input.addEventListener('input', () => {
    state.text = input.value
    show()
  })
  const last = items.find(({ link }) => link)?.link?.url
  // Whoever has sent no file yet gets a link all the same: it is made without a look at the bucket.
  const example = button(t(last ? 'presign.last' : 'presign.example'), {
    icon: 'link',
    kind: 'quiet',
    async onclick() {
      try {
        input.value = last ?? (await linkTo('example.txt', false)).url
        input.dispatchEvent(new Event('input'))
      } catch (error) {
        say(messageOf(error))
      }
    },
  })
  const timer = setInterval(show, 1000)
  show()
  return {
    element: h(
      'section',
      {},
      h(
        'header',
        { class: 'head' },
        h('div', {}, h('h1', {}, t('nav.presign')), h('p', { class: 'lead' }, t('presign.lead'))),
      ),
      h(
        'div',
        { class: 'field' },
        h('div', { class: 'between' }, h('label', { for: 'presigned' }, t('presign.input')), example),
        input,
      ),
      answer,
    ),
    leave: () => clearInterval(timer),
  }
}

/** @param {UrlExplanation | FormExplanation | undefined} told */
function contents(told) {
  if (!state.text.trim()) return []
  if (!told) return [h('p', { class: 'error' }, icon('warning'), t('presign.none'))]
  const { problems, notes } = told
  return [
    problems.length > 0
      ? verdict('bad', 'warning', t('presign.bad'), findings('problem', problems))
      : verdict('good', 'done', t('presign.good'), h('p', {}, t('presign.goodText'))),
    h('div', { class: 'card' }, h('h2', {}, t('presign.facts')), h('dl', { class: 'facts' }, facts(told))),
    notes.length > 0 && h('div', { class: 'card' }, h('h2', {}, t('presign.notes')), findings('note', notes)),
  ]
}

/** @param {'good' | 'bad'} kind @param {'done' | 'warning'} name @param {string} title @param {Child} text */
const verdict = (kind, name, title, text) =>
  h('div', { class: `verdict ${kind}` }, icon(name), h('div', {}, h('h2', {}, title), text))

/** @param {'problem' | 'note'} kind @param {readonly Finding[]} list */
const findings = (kind, list) =>
  h(
    'ul',
    { class: 'findings' },
    list.map(({ code, values }) => h('li', { class: 'wrap' }, found(`${kind}.${code}`, values))),
  )

/** @param {UrlExplanation | FormExplanation} told @returns {Child[]} */
function facts(told) {
  const { bucket, key, host, region, accessKeyId, temporary, from, until } = told
  const who = accessKeyId && [
    code(accessKeyId),
    ' ',
    h('span', { class: 'muted' }, t(temporary ? 'presign.temporary' : 'presign.longTerm')),
  ]
  const time = (/** @type {number} */ at) => (Number.isNaN(at) ? t('presign.unknown') : dateOf(at))
  return [
    fact(t('presign.bucket'), code(bucket)),
    fact(t('presign.key'), code(key)),
    fact(t('presign.host'), code(host)),
    fact(t('presign.region'), region && code(region)),
    fact(t('presign.who'), who),
    told.kind === 'url'
      ? fact(t('presign.signed'), t('presign.signedText', { headers: told.signedHeaders.join(', ') || '–' }))
      : fact(t('presign.signed'), t('presign.signedForm')),
    told.kind === 'url' && told.overrides.length > 0
      ? fact(
          t('presign.overrides'),
          told.overrides.map(([name, value]) => h('div', {}, code(`${name}: ${value}`))),
        )
      : [],
    told.kind === 'form'
      ? fact(
          t('presign.conditions'),
          told.conditions.map((each) => h('div', {}, condition(each))),
        )
      : [],
    told.kind === 'url' ? fact(t('presign.from'), time(from)) : [],
    fact(t('presign.until'), time(until)),
    fact(
      t('presign.left'),
      Number.isNaN(until) ? t('presign.unknown') : h('span', { class: 'clock' }, timeLeft(until)),
    ),
  ].flat()
}

/** @param {number} until */
const timeLeft = (until) => (until > Date.now() ? leftOf(until - Date.now()) : t('presign.over'))

/** @param {string} term @param {Child | readonly Child[]} value */
const fact = (term, value) => [h('dt', {}, term), h('dd', {}, value || t('presign.unknown'))]

/** @param {string} text */
const code = (text) => h('code', { class: 'wrap', dir: 'auto' }, text)

/** @param {Condition} condition */
function condition([operator, operand, value]) {
  const name = operand.replace(/^\$/, '')
  if (operator === 'content-length-range') return t('presign.range', { min: operand, max: value })
  return t(operator === 'starts-with' ? 'presign.startsWith' : 'presign.equals', { name, value })
}
