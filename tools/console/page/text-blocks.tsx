import { parse } from './http.ts'

/** Characters above which keys have no colour: it is not worth the wait. */
const MAX_COLOURED = 100_000

/** A text in a frame of its own. JSON is laid out, with its keys in a colour. */
export function Code({ text, label }: { text: string; label: string }) {
  const json = parse(text)
  const pretty = typeof json === 'object' ? JSON.stringify(json, null, 2) : text
  const parts = pretty.length > MAX_COLOURED ? [pretty] : pretty.split(/^( *"(?:[^"\\]|\\.)*")(?=: )/m)
  return (
    // Reachable by the keyboard, since it scrolls.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's
    <pre tabIndex={0} role="group" aria-label={label} dir="ltr">
      {parts.map((part, index) => (index % 2 === 1 ? <span class="json-key">{part}</span> : part))}
    </pre>
  )
}

/** A text of Markdown with its code; descriptions use no more of it. */
export const Inline = ({ text }: { text: string }) => (
  <span>{text.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</span>
)
