import { h } from './dom.js'

/** Characters above which a text is shown as it is: colours are not worth a wait. */
const MAX_COLOURED = 100_000
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * A text in a frame of its own, laid out and coloured where it is JSON.
 * @param {string} text
 * @param {string} label For those who do not see what stands above it.
 */
export function codeBlock(text, label) {
  // Reachable by the keyboard, since it scrolls.
  const frame = h('pre', { tabindex: 0, role: 'group', 'aria-label': label, dir: 'ltr' })
  const pretty = laidOut(text)
  if (pretty === undefined || pretty.length > MAX_COLOURED) frame.textContent = pretty ?? text
  else frame.append(...coloured(pretty))
  return frame
}

/** @param {string} text */
function laidOut(text) {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return undefined
  }
}

/** @param {string} json @returns {(Node | string)[]} */
function coloured(json) {
  /** @type {(Node | string)[]} */
  const parts = []
  let end = 0
  for (const { 0: token, 1: text, 2: colon, 3: word, index } of json.matchAll(TOKEN)) {
    parts.push(json.slice(end, index))
    const kind = text && colon ? 'key' : text ? 'text' : word ? 'word' : 'number'
    parts.push(h('span', { class: `json-${kind}` }, text && colon ? text : token))
    end = index + (text && colon ? text.length : token.length)
  }
  return [...parts, json.slice(end)]
}
