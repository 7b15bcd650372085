/** @typedef {{ name: string, in: 'query' | 'path' | 'header', required: boolean, description: string, schema: any }} Parameter */
/** @typedef {{ name: string, value: any }} Example */
/** @typedef {{ type: string, schema: any, examples: Example[] }} Body */
/** @typedef {{ status: string, description: string, schema: any, examples: Example[], shared: boolean }} Answer */

/**
 * One method of one path, with what it shares with others put in.
 * @typedef {object} Operation
 * @property {string} method
 * @property {string} path
 * @property {string} tag
 * @property {string} summary
 * @property {string} description
 * @property {Parameter[]} parameters
 * @property {Body[]} bodies By media type; more than one is a choice.
 * @property {Answer[]} answers
 */

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']

/** @param {any} document @returns {Operation[]} */
export function operationsOf(document) {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => {
      const { tags = [''], summary = '', description = '', parameters = [], requestBody, responses = {} } = item[method]
      return {
        method: method.toUpperCase(),
        path,
        tag: tags[0],
        summary,
        description,
        parameters: [...(item.parameters ?? []), ...parameters].map((each) => parameterOf(resolve(document, each))),
        bodies: contentsOf(document, resolve(document, requestBody)?.content),
        answers: Object.entries(responses).map(([status, answer]) => {
          const { description = '', content } = resolve(document, answer)
          const [{ schema = undefined, examples = [] } = {}] = contentsOf(document, content)
          return { status, description, schema, examples, shared: '$ref' in answer }
        }),
      }
    }),
  )
}

/**
 * What a reference stands for; anything else as it is.
 * @param {any} document
 * @param {any} value
 */
export function resolve(document, value) {
  let found = value
  // A reference may lead to another one, but not for ever.
  for (let step = 0; step < 10 && typeof found?.$ref === 'string'; step++) {
    found = found.$ref
      .replace(/^#\//, '')
      .split('/')
      .reduce(
        (/** @type {any} */ at, /** @type {string} */ name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')],
        document,
      )
  }
  return found
}

/** @param {any} parameter @returns {Parameter} */
function parameterOf({ name, in: place, required = false, description = '', schema = {}, example }) {
  return {
    name,
    in: place,
    required,
    description,
    schema: example === undefined ? schema : { ...schema, examples: [example] },
  }
}

/** @param {any} document @param {any} content @returns {Body[]} */
function contentsOf(document, content = {}) {
  return Object.entries(content).map(([type, { schema, examples = {}, example }]) => ({
    type,
    schema,
    examples: [
      ...(example === undefined ? [] : [{ name: '', value: example }]),
      ...Object.entries(examples).map(([name, given]) => {
        const { summary = name, value } = resolve(document, given)
        return { name: summary, value }
      }),
    ],
  }))
}

/**
 * The properties of a schema in one list, those of nested objects and arrays by their paths.
 * @param {any} document
 * @param {any} given
 * @param {string} [prefix]
 * @returns {{ name: string, required: boolean, schema: any }[]}
 */
export function propertiesOf(document, given, prefix = '') {
  const schema = resolve(document, given) ?? {}
  if (prefix.split('.').length > 6) return []
  if (schema.items) return propertiesOf(document, schema.items, `${prefix}[]`)
  const parts = [schema, ...(schema.allOf ?? []).map((/** @type {any} */ each) => resolve(document, each))]
  return parts.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, property]) => {
      const path = prefix ? `${prefix}.${name}` : name
      return [
        { name: path, required: required.includes(name), schema: resolve(document, property) },
        ...propertiesOf(document, property, path),
      ]
    }),
  )
}

/** The kind and limits of a value in a few words. @param {any} schema */
export function typeOf(schema) {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((/** @type {unknown} */ each) => JSON.stringify(each)).join(' | ')
  const options = schema.anyOf ?? schema.oneOf
  if (options) return options.map(typeOf).join(' | ')
  const type = schema.contentMediaType ? 'file' : [schema.type ?? 'any'].flat().join(' | ')
  const { minimum, maximum, minLength, maxLength } = schema
  const [low, high] = [minimum ?? minLength, maximum ?? maxLength]
  const unit = minLength !== undefined || maxLength !== undefined ? ' chars' : ''
  if (low !== undefined && high !== undefined) return `${type} ${low}–${high}${unit}`
  if (high !== undefined) return `${type} ≤ ${high}${unit}`
  return low === undefined ? type : `${type} ≥ ${low}${unit}`
}
