import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Answer, callOf, errorsIn, type FieldError, type Input, messageOf, send, uploadOf } from '../http.ts'
import { sizeOf, t } from '../i18n.ts'
import type { Operation } from '../openapi.ts'
import type { Field } from '../schema.ts'
import { Button, Problem, say } from '../ui.tsx'
import { concerns, FieldInput, fillFrom, InputError, read } from './fields.tsx'

/** The file of a direct upload. */
const UPLOAD: Field = { place: 'upload', names: ['file'], kind: 'file', required: true, schema: { format: 'binary' } }

type Values = Readonly<Record<string, unknown>>

/** Reads a form. @param path parameters that it may not ask for. @throws InputError */
export async function inputOf(
  form: HTMLFormElement,
  { parameters, body }: Operation,
  path: Values = {},
): Promise<Input> {
  const input: Input = { path: { ...path }, query: {}, header: {} }
  for (const field of parameters) {
    const value = await read(form, field)
    if (value !== undefined && value !== '') input[field.place as 'query'][field.names[0] ?? ''] = value
  }
  return body ? { ...input, body: await read(form, body.field) } : input
}

interface Props {
  readonly operation: Operation
  /** Parameters that are known. */
  readonly path?: Values
  /** Body that the form begins with, in place of examples. */
  readonly initial?: unknown
  readonly label?: string
  readonly kind?: 'primary' | 'danger'
  /** The latest first; an upload to the store is the second of two. */
  onAnswers(answers: readonly Answer[]): void
  /** Further buttons. */
  readonly children?: ComponentChildren
}

/** A form that sends what an operation describes. */
export function OperationForm({ operation, path = {}, label = t('send'), kind = 'primary', ...props }: Props) {
  const { parameters, body, direct } = operation
  const form = useRef<HTMLFormElement>(null)
  const abort = useRef<AbortController>(undefined)
  const [progress, setProgress] = useState<{ loaded: number; total: number }>()
  const [refusal, setRefusal] = useState<{ errors: readonly FieldError[]; problem?: string }>({ errors: [] })
  const fields = [
    ...(direct ? [UPLOAD] : []),
    ...parameters.filter(({ place, names: [name = ''] }) => place !== 'header' && !Object.hasOwn(path, name)),
    ...(body ? [body.field] : []),
    ...parameters.filter(({ place }) => place === 'header'),
  ]
  useEffect(() => () => abort.current?.abort(), [])
  useEffect(() => {
    if (refusal.errors.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [refusal])

  async function submit(element: HTMLFormElement) {
    if (abort.current) return
    const mine = new AbortController()
    abort.current = mine
    setRefusal({ errors: [] })
    const show = (...answers: [Answer, ...Answer[]]) => {
      props.onAnswers(answers)
      setRefusal({ errors: errorsIn(answers[0]), problem: messageOf(answers[0], operation) })
    }
    try {
      const file = direct && ((await read(element, UPLOAD)) as File | undefined)
      const answer = await send(callOf(operation, await inputOf(element, operation, path)), mine.signal, setProgress)
      show(answer)
      const upload = file && uploadOf(answer, file)
      if (upload) show(await send(upload, mine.signal, setProgress), answer)
    } catch (error) {
      if (mine.signal.aborted) say(t('cancelled'))
      else if (error instanceof InputError) setRefusal({ errors: [error] })
      else throw error
    } finally {
      abort.current = undefined
      setProgress(undefined)
    }
  }

  const beside = refusal.errors.filter((error) => !fields.some((field) => concerns(field, error)))
  return (
    <form
      ref={form}
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit(event.currentTarget)
      }}
    >
      {fields.map((field) => (
        <FieldInput
          key={`${field.place} ${field.names}`}
          field={field}
          initial={direct ? {} : props.initial}
          errors={refusal.errors}
          onFile={(file) => file && direct && form.current && fillFrom(form.current, file, direct)}
        />
      ))}
      {beside.map(({ path, message }) => (
        <Problem key={path}>
          <code>{path}</code> {message}
        </Problem>
      ))}
      {refusal.problem && refusal.errors.length === 0 && <Problem>{refusal.problem}</Problem>}
      {progress && (
        <div class="row">
          <progress aria-label={t('sending')} max={progress.total} value={progress.loaded} />
          <span class="muted clock">{t('sent', { sent: sizeOf(progress.loaded), size: sizeOf(progress.total) })}</span>
          <Button kind="ghost" onClick={() => abort.current?.abort()}>
            {t('cancel')}
          </Button>
        </div>
      )}
      <div class="row">
        <Button type="submit" kind={kind}>
          {label}
        </Button>
        {props.children}
      </div>
    </form>
  )
}
