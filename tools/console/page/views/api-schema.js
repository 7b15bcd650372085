import { h } from '../dom.js'
import { found, t } from '../i18n.js'
import { propertiesOf, resolve, typeOf } from '../openapi.js'
import { inline } from '../prose.js'

/** @import { Parameter } from '../openapi.js' */
/** @import { Child } from '../dom.js' */

/** @param {any} document @param {readonly Parameter[]} parameters */
export const valueTable = (document, parameters) =>
  table(
    parameters.map(({ name, in: place, required, description, schema }) => ({
      name: [h('code', {}, name), ' ', h('span', { class: 'muted small' }, found(`api.in.${place}`))],
      required,
      schema: { description, ...resolve(document, schema) },
    })),
  )

/** @param {any} document @param {any} schema */
export const schemaTable = (document, schema) =>
  table(propertiesOf(document, schema).map(({ name, ...rest }) => ({ ...rest, name: [h('code', {}, name)] })))

/** @param {readonly { name: Child[], required: boolean, schema: any }[]} rows */
function table(rows) {
  if (rows.length === 0) return h('p', { class: 'muted small' }, '–')
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': t('api.parameters') },
    h(
      'table',
      { class: 'schema' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          /** @type {const} */ (['name', 'type', 'meaning']).map((head) => h('th', { scope: 'col' }, t(`api.${head}`))),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map(({ name, required, schema }) =>
          h(
            'tr',
            {},
            h('td', {}, name, required && h('span', { class: 'required' }, ' ', t('api.required'))),
            h('td', {}, h('code', { class: 'muted' }, typeOf(schema))),
            h(
              'td',
              {},
              inline(schema.description ?? ''),
              schema.default !== undefined &&
                h('span', { class: 'muted' }, ' ', t('api.default', { value: JSON.stringify(schema.default) })),
            ),
          ),
        ),
      ),
    ),
  )
}
