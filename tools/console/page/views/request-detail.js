import { toCurl } from '../curl.js'
import { h } from '../dom.js'
import { feed } from '../feed.js'
import { dateOf, millisecondsOf, sizeOf, t } from '../i18n.js'
import { codeBlock } from '../json.js'
import { settings } from '../settings.js'
import { button, copy, iconButton, say } from '../ui.js'
import { statusOf } from './status.js'

/** @import { Content, HeaderList, RequestDetail } from '../types.ts' */
/** @import { Child } from '../dom.js' */

/** Sections that were opened stay open from one request to the next. */
const opened = new Set(['log', 'answer', 'event'])

/** All of one request. @param {RequestDetail} request @param {() => void} close */
export function requestDetail(request, close) {
  const { id, method, target, status, headers, body, answer, event, functionError, lines } = request
  const whole = body !== undefined && !body.cut
  const local = settings.mode === 'local'
  return h(
    'article',
    { 'aria-labelledby': 'request-title' },
    h(
      'header',
      { class: 'between' },
      h('h2', { id: 'request-title', tabindex: -1, class: 'wrap' }, statusOf(status), ' ', `${method} ${target}`),
      iconButton('close', t('back'), { onclick: close }),
    ),
    h(
      'div',
      { class: 'buttons start' },
      button(t('requests.replay'), {
        icon: 'replay',
        disabled: local && !whole,
        onclick: () => feed.replay(id).then(() => say(t('requests.replayed'))),
      }),
      button(t('requests.curl'), {
        icon: 'copy',
        disabled: body?.cut,
        onclick: () =>
          copy(toCurl({ method, url: new URL(target, location.origin).href, headers, body: bytesOf(body) })),
      }),
    ),
    local && !whole && h('p', { class: 'hint' }, t('requests.noReplay')),
    !local && body?.cut && h('p', { class: 'hint' }, t('requests.noCurl')),
    h('dl', { class: 'facts' }, facts(request)),
    lines && part('log', t('requests.log'), logLines(lines)),
    functionError !== undefined &&
      part('error', t('requests.functionError'), codeBlock(functionError, t('requests.functionError'))),
    part('answer', t('requests.answerBody'), content(answer.body, t('requests.answerBody'))),
    part('answerHeaders', t('requests.answerHeaders'), list(answer.headers)),
    part('body', t('requests.sentBody'), content(body, t('requests.sentBody'))),
    part('headers', t('requests.sentHeaders'), list(headers)),
    event && part('event', t('requests.event'), codeBlock(JSON.stringify(event), t('requests.event'))),
  )
}

/** @param {RequestDetail} request @returns {Child[]} */
function facts({ id, time, duration, functionDuration, coldStart, environment }) {
  const started =
    coldStart !== undefined
      ? t('requests.coldText', { ms: Math.round(coldStart) })
      : environment
        ? t('requests.warm')
        : undefined
  const local = settings.mode === 'local'
  return [
    [t('requests.time'), dateOf(time)],
    [t('requests.total'), millisecondsOf(duration)],
    [t('requests.inFunction'), functionDuration === undefined ? undefined : millisecondsOf(functionDuration)],
    [t('requests.start'), started],
    [t('requests.environment'), environment ?? (local ? t('requests.byGateway') : undefined)],
    [t('requests.id'), id],
  ]
    .filter(([, value]) => value !== undefined)
    .flatMap(([term, value]) => [h('dt', {}, term), h('dd', { class: 'wrap' }, value)])
}

/** @param {string} name @param {string} title @param {Child} child */
const part = (name, title, child) =>
  h(
    'details',
    {
      open: opened.has(name),
      ontoggle(/** @type {Event} */ { currentTarget }) {
        if (/** @type {HTMLDetailsElement} */ (currentTarget).open) opened.add(name)
        else opened.delete(name)
      },
    },
    h('summary', {}, h('h3', {}, title)),
    child,
  )

/** @param {readonly string[]} lines */
const logLines = (lines) =>
  lines.length === 0
    ? h('p', { class: 'muted' }, t('requests.noLog'))
    : h(
        'div',
        { class: 'stack' },
        lines.map((line) => codeBlock(line, t('requests.log'))),
      )

/** @param {HeaderList} headers */
const list = (headers) =>
  h(
    'dl',
    { class: 'facts mono small' },
    headers.flatMap(([name, value]) => [h('dt', { class: 'wrap' }, name), h('dd', { class: 'wrap' }, value)]),
  )

/** @param {Content | undefined} body @param {string} label */
function content(body, label) {
  if (!body)
    return h('p', { class: 'muted' }, settings.mode === 'local' ? t('requests.tooLarge') : t('requests.noBody'))
  const { size, cut, text, base64 = '' } = body
  if (size === 0) return h('p', { class: 'muted' }, t('requests.noBody'))
  const kept = text === undefined ? (base64.length * 3) / 4 : new TextEncoder().encode(text).length
  return h(
    'div',
    { class: 'stack' },
    text === undefined && h('p', { class: 'muted small' }, t('requests.binary', { size: sizeOf(size) })),
    cut && h('p', { class: 'muted small' }, t('requests.cut', { kept: sizeOf(kept), size: sizeOf(size) })),
    codeBlock(text ?? base64, label),
  )
}

/** @param {Content | undefined} body */
function bytesOf(body) {
  if (body?.text !== undefined) return new TextEncoder().encode(body.text)
  return body?.base64 === undefined ? undefined : Uint8Array.from(atob(body.base64), (char) => char.charCodeAt(0))
}
