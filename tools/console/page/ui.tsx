import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { parse } from './http.ts'
import { leftOf, t } from './i18n.ts'

type ButtonProps = Omit<ButtonHTMLAttributes, 'type'> & {
  readonly kind?: 'outline' | 'ghost' | 'primary' | 'danger'
  readonly type?: 'button' | 'submit'
}

export const Button = ({ kind = 'outline', type = 'button', class: more = '', ...rest }: ButtonProps) => (
  <button type={type} class={`${kind} ${more}`} data-variant={kind === 'danger' ? kind : undefined} {...rest} />
)

export const Method = ({ method }: { method: string }) => (
  <span class={`method m-${method.toLowerCase()}`}>{method}</span>
)

/** A status; its colour only adds emphasis. */
export const Status = ({ status }: { status: number }) => (
  <span class={`status s${Math.floor(status / 100)}`}>{status || t('noAnswer')}</span>
)

export const Problem = ({ children }: { children: ComponentChildren }) => (
  <div class="problem" role="alert">
    {children}
  </div>
)

let tellToast: (message: string) => void = () => {}

/** Shows a temporary message. */
export const say = (message: string): void => tellToast(message)

export function Toasts() {
  const [message, setMessage] = useState('')
  tellToast = setMessage
  useEffect(() => {
    const timer = setTimeout(() => setMessage(''), 6000)
    return () => clearTimeout(timer)
  }, [message])
  return (
    <div class="toasts" role="status">
      {message && (
        <p key={message} class="card">
          {message}
        </p>
      )}
    </div>
  )
}

export const copy = (text: string): Promise<void> =>
  navigator.clipboard.writeText(text).then(
    () => say(t('copied')),
    () => say(t('copyFailed')),
  )

/** Terms and their values; terms without a value are omitted. */
export const Facts = ({ list }: { list: readonly (readonly [term: string, value: ComponentChildren])[] }) => (
  <dl class="facts">
    {list.map(
      ([term, value]) =>
        value && (
          <>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </>
        ),
    )}
  </dl>
)

/** Current time, updated once a second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

/** @param until epoch milliseconds. */
export function TimeLeft({ until }: { until: number }) {
  const now = useNow()
  return <span role="timer">{until > now ? leftOf(until - now) : t('over')}</span>
}

/** Preformatted text; JSON is indented. */
export function Code({ text, label }: { text: string; label: string }) {
  const json = parse(text)
  return (
    // Focusable, so the keyboard can scroll it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's
    <pre tabIndex={0} role="group" aria-label={label} dir="ltr">
      {typeof json === 'object' ? JSON.stringify(json, null, 2) : text}
    </pre>
  )
}

/** Renders Markdown's inline code, the only syntax in descriptions. */
export const Inline = ({ text }: { text: string }) => (
  <span>{text.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</span>
)
