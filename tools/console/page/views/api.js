import { fill, h } from '../dom.js'
import { t, translated } from '../i18n.js'
import { codeBlock } from '../json.js'
import { operationsOf, resolve } from '../openapi.js'
import { inline, prose } from '../prose.js'
import { apis } from '../settings.js'
import { problem } from '../ui.js'
import { schemaTable, valueTable } from './api-schema.js'
import { tryIt } from './api-try.js'

/** @import { Operation, Parameter, Answer } from '../openapi.js' */
/** @import { Child } from '../dom.js' */

/** @type {Promise<any[]> | undefined} */
let descriptions

const load = () =>
  Promise.all(
    Object.keys(apis).map(async (name) => {
      const response = await fetch(`/openapi/${name}.json`)
      if (!response.ok) throw new Error((await response.json()).message)
      return response.json()
    }),
  )

/** Operations that were opened stay open. @type {Set<string>} */
const opened = new Set()

/** The section of the API's description. */
export function apiView() {
  const content = h('div', { class: 'stack' }, h('p', { class: 'muted' }, t('loading')))
  descriptions ??= load()
  descriptions.then(
    (documents) => fill(content, ...documents.flatMap(groups)),
    (error) => {
      descriptions = undefined
      fill(content, problem(`${t('api.missing')} ${error.message}`))
    },
  )
  return {
    element: h(
      'section',
      {},
      h(
        'header',
        { class: 'head' },
        h('div', {}, h('h1', {}, t('nav.api')), h('p', { class: 'lead' }, t('api.lead'))),
        Object.keys(apis).map((name) =>
          h('a', { class: 'button', href: `/openapi/${name}.json`, target: '_blank', rel: 'noopener' }, `${name}.json`),
        ),
      ),
      content,
    ),
    leave() {},
  }
}

/** @param {any} document @returns {Child[]} */
function groups(document) {
  const operations = operationsOf(document)
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  return tags.map((tag) => {
    const described = document.tags?.find((/** @type {any} */ each) => each.name === tag)
    return h(
      'div',
      { class: 'stack group' },
      h('h2', {}, tag),
      described?.description && prose(translated(described.description)),
      operations.filter((operation) => operation.tag === tag).map((operation) => operationItem(document, operation)),
    )
  })
}

/** @param {any} document @param {Operation} operation */
function operationItem(document, operation) {
  const { method, path, summary } = operation
  const id = `${method} ${path}`
  const body = h('div', { class: 'operation' })
  const item = h(
    'details',
    {
      class: 'card operation-item',
      open: opened.has(id),
      ontoggle() {
        if (!item.open) return opened.delete(id)
        opened.add(id)
        if (!body.hasChildNodes()) fill(body, ...operationBody(document, operation))
      },
    },
    h(
      'summary',
      {},
      h('h3', {}, h('span', { class: `method m-${method.toLowerCase()}` }, method), ' ', h('code', {}, path)),
      h('span', { class: 'muted' }, translated(summary)),
    ),
    body,
  )
  return item
}

/** @param {any} document @param {Operation} operation @returns {Child[]} */
function operationBody(document, operation) {
  const { description: text, parameters, bodies, answers } = operation
  const own = answers.filter(({ shared }) => !shared)
  const others = answers.filter(({ shared }) => shared)
  return [
    h(
      'div',
      { class: 'stack' },
      text && prose(text),
      parameters.length > 0 && h('div', {}, h('h4', {}, t('api.parameters')), valueTable(document, parameters)),
      bodies.map(({ type, schema }) =>
        h(
          'div',
          {},
          h('h4', {}, t('api.body'), ' ', h('code', { class: 'muted' }, type)),
          schemaTable(document, schema),
        ),
      ),
      h(
        'div',
        {},
        h('h4', {}, t('api.answers')),
        own.map((answer) => answerItem(document, answer)),
      ),
      others.length > 0 &&
        h(
          'details',
          { class: 'plain-details' },
          h('summary', {}, t('api.otherAnswers')),
          others.map((answer) => answerItem(document, answer)),
        ),
    ),
    tryIt(document, operation),
  ]
}

/** @param {any} document @param {Answer} answer */
function answerItem(document, { status, description: text, schema, examples }) {
  const item = h(
    'details',
    {
      class: 'answer',
      ontoggle() {
        if (item.children.length > 1) return
        item.append(
          ...(schema ? [schemaTable(document, schema)] : []),
          ...examples.map(({ name, value }) =>
            h(
              'div',
              {},
              h('p', { class: 'muted small' }, name),
              codeBlock(typeof value === 'string' ? value : JSON.stringify(resolve(document, value)), name),
            ),
          ),
        )
      },
    },
    h('summary', {}, h('span', { class: `status s${status[0]}` }, status), ' ', inline(text)),
  )
  return item
}
