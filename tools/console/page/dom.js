/** @typedef {Node | string | number | false | null | undefined} Child */

/**
 * An element: `on…` attributes are listeners, `false` and `undefined` leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, unknown>>} [attributes]
 * @param {...(Child | readonly Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null) continue
    if (typeof value === 'function') element.addEventListener(name.slice(2), /** @type {EventListener} */ (value))
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...nodes(children))
  return element
}

/**
 * Puts these in the place of all that is there.
 * @param {Element} element
 * @param {...(Child | readonly Child[])} children
 */
export const fill = (element, ...children) => element.replaceChildren(...nodes(children))

/** @param {readonly (Child | readonly Child[])[]} children */
const nodes = (children) =>
  children
    .flat()
    .filter((child) => child !== false && child !== null && child !== undefined)
    .map((child) => (child instanceof Node ? child : String(child)))

const PATHS = {
  add: 'M8 3v10M3 8h10',
  edit: 'M3 13l.7-2.8L10.6 3.300a1.2 1.2 0 0 1 1.7 0l.4.4a1.2 1.2 0 0 1 0 1.700L5.8 12.300zM9.5 4.500l2 2',
  remove: 'M3 4.500h10M6.5 4.500V3h3v1.500M4.5 4.500l.6 8.500h5.800l.6-8.500M6.8 7v3.500M9.2 7v3.5',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  done: 'M3 8.500l3.2 3.200L13 5',
  upload: 'M8 10.500V3M5 5.500L8 2.800l3 2.700M3 10v3h10v-3',
  link: 'M6.8 9.200a2.4 2.4 0 0 0 3.4 0l2-2a2.4 2.4 0 0 0-3.4-3.400l-.8.8M9.2 6.800a2.4 2.4 0 0 0-3.4 0l-2 2a2.4 2.4 0 0 0 3.4 3.400l.8-.8',
  download: 'M8 3v7.500M5 8l3 2.800L11 8M3 10v3h10v-3',
  info: 'M8 7.200V11M8 4.800v.2M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z',
  warning: 'M8 6.200v3.200M8 11.200v.2M8 2.500L14 13H2z',
  replay: 'M12.5 8a4.5 4.5 0 1 1-1.4-3.200L13 6.500M13 3.200v3.300H9.7',
  key: 'M9.2 6.800a3 3 0 1 1-1.7-1.700M9.5 6.500L14 11v2h-2v-1.500h-1.500V10',
  file: 'M4 2.500h5l3 3v8H4zM9 2.500v3h3',
  colours: 'M8 2v12M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 5h5M8 8h6M8 11h5',
  back: 'M9.5 3.500L5 8l4.5 4.5',
  forward: 'M6.5 3.500L11 8l-4.5 4.5',
}

/**
 * A drawing beside or in place of a text, which says the same.
 * @param {keyof typeof PATHS} name
 */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(space, 'svg')
  const path = document.createElementNS(space, 'path')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', PATHS[name])
  svg.append(path)
  return svg
}
