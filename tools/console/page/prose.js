import { h } from './dom.js'

/** Paragraphs, lists and code of Markdown; the description uses no more of it. @param {string} text */
export function prose(text) {
  const blocks = text.split(/\n\s*\n/)
  return h(
    'div',
    { class: 'prose' },
    blocks.map((block) => {
      if (!/^[-*] /.test(block)) return h('p', {}, inline(block))
      const entries = block.replace(/^[-*] /, '').split(/\n[-*] /)
      return h(
        'ul',
        {},
        entries.map((entry) => h('li', {}, inline(entry))),
      )
    }),
  )
}

/** @param {string} text */
export const inline = (text) =>
  text
    .split(/(`[^`]+`)/)
    .filter(Boolean)
    .map((part) => (/^`.+`$/s.test(part) ? h('code', {}, part.slice(1, -1)) : part))
