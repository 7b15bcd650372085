import { send } from '../api.js'
import { toCurl, word } from '../curl.js'
import { fill, h } from '../dom.js'
import { millisecondsOf, t } from '../i18n.js'
import { codeBlock } from '../json.js'
import { propertiesOf } from '../openapi.js'
import { apis, credentialHeaders } from '../settings.js'
import { button, copy, field } from '../ui.js'
import { statusOf } from './status.js'

/** @import { Operation, Parameter } from '../openapi.js' */
/** @import { Field } from '../ui.js' */

/** A form that is filled from the examples, sends what is in it, and shows the answer. @param {any} document @param {Operation} operation */
export function tryIt(document, operation) {
  const { method, path, parameters, bodies } = operation
  const prefix = `${method}-${path}`.replace(/\W+/g, '-')
  const inputs = parameters.map((parameter) => ({ parameter, field: parameterField(prefix, parameter) }))
  const body = bodies[0] && bodyFields(document, prefix, bodies[0])
  const answer = h('div', { class: 'stack', 'aria-live': 'polite' })
  const sender = button(t('api.send'), { kind: 'primary', type: 'submit' })

  /** What the form says. */
  function request() {
    const filled = inputs
      .filter(({ field: { input } }) => input.value !== '')
      .map(({ parameter, field }) => ({ ...parameter, value: field.input.value }))
    const query = new URLSearchParams(
      filled.filter((each) => each.in === 'query').map(({ name, value }) => [name, value]),
    )
    const route = path.replace(/\{(\w+)\}/g, (_, name) =>
      encodeURIComponent(filled.find((each) => each.in === 'path' && each.name === name)?.value ?? ''),
    )
    const headers = filled
      .filter((each) => each.in === 'header')
      .map(({ name, value }) => /** @type {const} */ ([name, value]))
    const content = body?.value()
    const type = typeof content === 'string' ? [/** @type {const} */ (['content-type', bodies[0]?.type ?? ''])] : []
    return {
      method,
      url: urlOf(route) + (query.size > 0 ? `?${query}` : ''),
      headers: Object.fromEntries([...headers, ...type]),
      body: content,
    }
  }

  const form = h(
    'form',
    {
      class: 'stack',
      novalidate: true,
      async onsubmit(/** @type {SubmitEvent} */ event) {
        event.preventDefault()
        if (sender.getAttribute('aria-disabled')) return
        sender.setAttribute('aria-disabled', 'true')
        const started = performance.now()
        const { status, text, headers } = await send(request())
        sender.removeAttribute('aria-disabled')
        const taken = millisecondsOf(performance.now() - started)
        const list = headers.map(([name, value]) => `${name}: ${value}`).join('\n')
        fill(
          answer,
          h('p', {}, statusOf(status), ' ', h('span', { class: 'muted' }, taken)),
          text && codeBlock(text, t('api.answer')),
          list &&
            h(
              'details',
              { class: 'plain-details' },
              h('summary', {}, t('requests.answerHeaders')),
              codeBlock(list, t('requests.answerHeaders')),
            ),
        )
      },
    },
    h('h4', {}, t('api.try')),
    inputs.map(({ field }) => field.element),
    body?.element,
    h(
      'div',
      { class: 'buttons start' },
      sender,
      button(t('requests.curl'), { icon: 'copy', kind: 'quiet', onclick: () => copy(curlOf(request())) }),
    ),
    answer,
  )
  return h('div', { class: 'try' }, form)
}

/** @param {string} route */
const urlOf = (route) => route.replace(/^\/([^/]+)/, (resource, name) => apis[name] ?? resource)

/** @param {string} prefix @param {Parameter} parameter */
function parameterField(prefix, { name, in: place, required, schema }) {
  const example = schema.examples?.[0] ?? schema.default ?? ''
  // What is not needed is left to whoever tries: an example of a page's beginning would hide the first users. An empty field shows
  // what is taken instead.
  return field(`${prefix}-${place}-${name}`, name, {
    value: required ? example : undefined,
    placeholder: String(required ? example : (schema.default ?? example)),
    dir: 'auto',
    class: 'mono',
  })
}

/**
 * @param {any} document
 * @param {string} prefix
 * @param {import('../openapi.js').Body} body
 * @returns {{ element: HTMLElement, value(): string | FormData }}
 */
function bodyFields(document, prefix, body) {
  return body.type === 'multipart/form-data' ? formFields(document, prefix, body) : textField(prefix, body)
}

/** @param {string} prefix @param {import('../openapi.js').Body} body */
function textField(prefix, { type, examples }) {
  const input = h('textarea', { id: `${prefix}-body`, rows: 6, class: 'mono', spellcheck: 'false', dir: 'ltr' })
  const choose = (/** @type {number} */ index) => {
    input.value = JSON.stringify(examples[index]?.value ?? {}, null, 2)
  }
  choose(0)
  const choice = h(
    'select',
    { 'aria-label': t('api.example'), onchange: () => choose(choice.selectedIndex) },
    examples.map(({ name }) => h('option', {}, name)),
  )
  return {
    element: h(
      'div',
      { class: 'field' },
      h(
        'div',
        { class: 'between' },
        h('label', { for: input.id }, t('api.body'), ' ', h('code', { class: 'muted' }, type)),
        examples.length > 1 && choice,
      ),
      input,
    ),
    value: () => input.value,
  }
}

/** @param {any} document @param {string} prefix @param {import('../openapi.js').Body} body */
function formFields(document, prefix, { schema }) {
  const fields = propertiesOf(document, schema).map(({ name, schema: property }) => {
    const file = property.contentMediaType !== undefined
    return { name, ...field(`${prefix}-${name}`, name, file ? { type: 'file' } : { dir: 'auto' }) }
  })
  return {
    element: h(
      'div',
      { class: 'stack' },
      fields.map(({ element }) => element),
    ),
    value() {
      const form = new FormData()
      for (const { name, input } of fields) {
        const [file] = input.files ?? []
        if (file) form.append(name, file)
        else if (input.type !== 'file' && input.value !== '') form.append(name, input.value)
      }
      return form
    },
  }
}

/** @param {{ method: string, url: string, headers: Record<string, string>, body: string | FormData | undefined }} request */
function curlOf({ method, url, headers, body }) {
  const callers = Object.entries(credentialHeaders()).map(
    ([name, value]) => /** @type {const} */ ([name, name === 'authorization' ? value.replace(/ .*/s, ' •••') : '•••']),
  )
  const all = [...Object.entries(headers), ...callers]
  if (!(body instanceof FormData))
    return toCurl({ method, url, headers: all, body: body === undefined ? undefined : new TextEncoder().encode(body) })
  const parts = [...body].map(([name, value]) =>
    value instanceof File ? `-F ${word(`${name}=@${value.name}`)}` : `--form-string ${word(`${name}=${value}`)}`,
  )
  return `${toCurl({ method: 'GET', url, headers: all, body: undefined })} ${parts.join(' ')}`
}
