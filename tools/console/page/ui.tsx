import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { leftOf, t } from './i18n.ts'

const PATHS = {
  add: 'M8 3v10M3 8h10',
  edit: 'M3 13l.7-2.8L10.6 3.3a1.2 1.2 0 0 1 1.7 0l.4.4a1.2 1.2 0 0 1 0 1.7L5.8 12.3zM9.5 4.5l2 2',
  remove: 'M3 4.5h10M6.5 4.5V3h3v1.500M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v3.5M9.2 7v3.5',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  done: 'M3 8.5l3.2 3.2L13 5',
  upload: 'M8 10.5V3M5 5.5L8 2.8l3 2.7M3 10v3h10v-3',
  link: 'M6.8 9.2a2.4 2.4 0 0 0 3.4 0l2-2a2.4 2.4 0 0 0-3.4-3.4l-.8.8M9.2 6.8a2.4 2.4 0 0 0-3.4 0l-2 2a2.4 2.4 0 0 0 3.4 3.4l.8-.8',
  open: 'M9.500 3H13v3.500M13 3L7.5 8.5M11.5 9v4H3V4.500h4',
  warning: 'M8 6.2v3.2M8 11.2v.2M8 2.5L14 13H2z',
  replay: 'M12.5 8a4.5 4.5 0 1 1-1.4-3.2L13 6.500M13 3.2v3.3H9.7',
  key: 'M9.2 6.8a3 3 0 1 1-1.7-1.7M9.5 6.5L14 11v2h-2v-1.500h-1.5V10',
  colours: 'M8 2v12M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0zM8 5h5M8 8h6M8 11h5',
  back: 'M9.5 3.5L5 8l4.5 4.5',
  forward: 'M6.5 3.5L11 8l-4.5 4.5',
}
export type IconName = keyof typeof PATHS

/** A drawing beside or in place of a text, which says the same. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg viewBox="0 0 16 16" class="icon" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
)

interface ButtonProps extends Omit<ButtonHTMLAttributes, 'icon' | 'type' | 'disabled'> {
  readonly icon?: IconName
  readonly kind?: 'primary' | 'danger' | 'quiet' | 'plain'
  readonly type?: 'button' | 'submit'
  readonly disabled?: boolean
}

export const Button = ({ icon, kind, type = 'button', children, ...rest }: ButtonProps) => (
  <button type={type} class={kind} {...rest}>
    {icon && <Icon name={icon} />}
    <span>{children}</span>
  </button>
)

/** A button that is a drawing; its name is for those who do not see it, and for the pointer. */
export const IconButton = ({ icon, label, ...rest }: Omit<ButtonProps, 'kind'> & { icon: IconName; label: string }) => (
  <button {...rest} type="button" class="square" aria-label={label} title={label}>
    <Icon name={icon} />
  </button>
)

/** A status, which its colour only underlines. */
export const Status = ({ status }: { status: number }) => (
  <span class={`status s${Math.floor(status / 100)}`}>
    {status === 0 && <Icon name="warning" />}
    {status || t('noAnswer')}
  </span>
)

export const Problem = ({ children, action }: { children: ComponentChildren; action?: ComponentChildren }) => (
  <div class="problem" role="alert">
    <Icon name="warning" />
    <div>{children}</div>
    {action}
  </div>
)

interface DialogProps {
  readonly title: string
  readonly role?: 'alertdialog'
  readonly wide?: boolean
  onClose(): void
  readonly children: ComponentChildren
}

export function Dialog({ title, onClose, children, wide, role }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    return () => {
      // To where the keyboard was, unless that is gone.
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={element}
      role={role}
      class={wide ? 'wide' : undefined}
      aria-labelledby={id}
      onClose={onClose}
      {...{ closedby: 'any' }}
    >
      <header class="row spread">
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label={t('close')} onClick={onClose} />
      </header>
      {children}
    </dialog>
  )
}

let tellToast: (message: string) => void = () => {}

/** Says something that needs no answer, and takes it away again. */
export const say = (message: string): void => tellToast(message)

export function Toasts() {
  const [message, setMessage] = useState('')
  useEffect(() => {
    tellToast = setMessage
  }, [])
  useEffect(() => {
    const timer = setTimeout(() => setMessage(''), 6000)
    return () => clearTimeout(timer)
  }, [message])
  return (
    <div class="toasts" role="status">
      {message && <p key={message}>{message}</p>}
    </div>
  )
}

export async function copy(text: string): Promise<void> {
  // Undefined where the page is not from localhost or by TLS.
  const copied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  )
  say(t(copied ? 'copied' : 'copyFailed'))
}

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
