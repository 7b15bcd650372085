import type { ComponentChildren } from 'preact'

/** Characters above which a text is shown as it is: colours are not worth a wait. */
const MAX_COLOURED = 100_000
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** A text in a frame of its own, laid out and coloured where it is JSON. */
export function Code({ text, label }: { text: string; label: string }) {
  const pretty = laidOut(text)
  return (
    // Reachable by the keyboard, since it scrolls.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's
    <pre tabIndex={0} role="group" aria-label={label} dir="ltr">
      {pretty === undefined || pretty.length > MAX_COLOURED ? (pretty ?? text) : coloured(pretty)}
    </pre>
  )
}

function laidOut(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return undefined
  }
}

function coloured(json: string): ComponentChildren[] {
  const parts: ComponentChildren[] = []
  let end = 0
  for (const { 0: token, 1: text, 2: colon, 3: word, index } of json.matchAll(TOKEN)) {
    const key = text !== undefined && colon !== undefined
    const shown = key ? text : token
    const kind = key ? 'key' : text ? 'text' : word ? 'word' : 'number'
    parts.push(json.slice(end, index), <span class={`json-${kind}`}>{shown}</span>)
    end = index + shown.length
  }
  return [...parts, json.slice(end)]
}

/** Paragraphs, lists and code of Markdown; descriptions use no more of it. */
export const Prose = ({ text }: { text: string }) => (
  <div class="prose">
    {text.split(/\n\s*\n/).map((block) =>
      /^[-*] /.test(block) ? (
        <ul class="prose">
          {block
            .replace(/^[-*] /, '')
            .split(/\n[-*] /)
            .map((entry) => (
              <li>{inline(entry)}</li>
            ))}
        </ul>
      ) : (
        <p>{inline(block)}</p>
      ),
    )}
  </div>
)

export const inline = (text: string): ComponentChildren[] =>
  text.split(/(`[^`]+`)/).map((part) => (/^`.+`$/s.test(part) ? <code>{part.slice(1, -1)}</code> : part))
