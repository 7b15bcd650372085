import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { leftOf, t } from './i18n.ts'

interface ButtonProps extends Omit<ButtonHTMLAttributes, 'type' | 'disabled'> {
  readonly kind?: 'outline' | 'ghost' | 'primary' | 'danger'
  readonly type?: 'button' | 'submit'
  readonly disabled?: boolean
}

export const Button = ({ kind = 'outline', type = 'button', ...rest }: ButtonProps) => (
  <button type={type} class={kind} data-variant={kind === 'danger' ? kind : undefined} {...rest} />
)

/** A status, which its colour only underlines. */
export const Status = ({ status }: { status: number }) => (
  <span class={`status s${Math.floor(status / 100)}`}>{status || t('noAnswer')}</span>
)

export const Problem = ({ children }: { children: ComponentChildren }) => (
  <div class="problem" role="alert">
    {children}
  </div>
)

interface DialogProps {
  readonly title: string
  readonly role?: 'alertdialog'
  onClose(): void
  readonly children: ComponentChildren
}

export function Dialog({ title, onClose, children, role }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    // Gives the focus back to where it was.
    return () => dialog?.close()
  }, [])
  return (
    <dialog ref={element} class="card" role={role} aria-labelledby={id} onClose={onClose} {...{ closedby: 'any' }}>
      <div class="stack">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  )
}

let tellToast: (message: string) => void = () => {}

/** Says something that needs no answer, and takes it away again. */
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

/** Terms and their values; one without a value is left out. */
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

/** The time, for what changes with it; once a second. */
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
  return (
    <span class="clock" role="timer">
      {until > now ? leftOf(until - now) : t('over')}
    </span>
  )
}

/** Renders again at each of these events. */
export function useEvent(target: EventTarget, type: string): void {
  const [, setCount] = useState(0)
  useEffect(() => {
    const listen = () => setCount((count) => count + 1)
    target.addEventListener(type, listen)
    return () => target.removeEventListener(type, listen)
  }, [target, type])
}
