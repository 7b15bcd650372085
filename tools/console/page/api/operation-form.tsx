import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Answer, callOf, errorsIn, type FieldError, type Input, messageOf, send, uploadOf } from '../http.ts'
import { sizeOf, t } from '../i18n.ts'
import type { Operation } from '../openapi.ts'
import type { Field } from '../schema.ts'
import { Button, Problem } from '../ui.tsx'
import { concerns, FieldInput, fillFrom, read } from './fields.tsx'

/** The file of a direct upload. */
const UPLOAD: Field = { place: 'upload', names: ['file'], kind: 'file', required: true, schema: { format: 'binary' } }

/** Reads a form. @param errors receives values that cannot be sent. @param path known parameters, without fields in the form. */
export async function inputOf(
  form: HTMLFormElement,
  { parameters, body }: Operation,
  errors: FieldError[],
  path: Input['path'] = {},
): Promise<Input> {
  const input: Input = { path: { ...path }, query: {}, header: {} }
  for (const field of parameters) {
    const value = await read(form, field, errors)
    if (value !== undefined && value !== '') input[field.place as 'query'][field.names[0] ?? ''] = value
  }
  return body ? { ...input, body: await read(form, body.field, errors) } : input
}

interface Props {
  readonly operation: Operation
  /** Known path parameters. */
  readonly path?: Input['path']
  /** Initial body; examples by default. */
  readonly initial?: unknown
  readonly label?: string
  readonly kind?: 'primary' | 'danger'
  /** Called with the latest response first; an upload to the store follows the API's response. */
  onAnswers(answers: readonly Answer[]): void
  /** Further buttons. */
  readonly children?: ComponentChildren
}

/** A form for the request that an operation describes. */
export function OperationForm({ operation, path = {}, label = t('send'), kind = 'primary', ...props }: Props) {
  const { parameters, body, direct, signed } = operation
  const form = useRef<HTMLFormElement>(null)
  const sending = useRef(false)
  const [progress, setProgress] = useState<{ loaded: number; total: number }>()
  const [refusal, setRefusal] = useState<{ errors: readonly FieldError[]; problem?: string }>({ errors: [] })
  const fields = [
    ...(direct ? [UPLOAD] : []),
    ...parameters.filter(({ place, names: [name = ''] }) => place !== 'header' && !Object.hasOwn(path, name)),
    ...(body ? [body.field] : []),
    ...parameters.filter(({ place }) => place === 'header'),
  ]
  useLayoutEffect(() => {
    if (refusal.errors.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [refusal])

  async function submit(element: HTMLFormElement) {
    if (sending.current) return
    sending.current = true
    const show = (...answers: [Answer, ...Answer[]]) => {
      props.onAnswers(answers)
      setRefusal({ errors: errorsIn(answers[0]), problem: messageOf(answers[0]) })
    }
    const errors: FieldError[] = []
    const file = direct && ((await read(element, UPLOAD, errors)) as File | undefined)
    const input = await inputOf(element, operation, errors, path)
    setRefusal({ errors })
    if (errors.length === 0) {
      const answer = await send(callOf(operation, input), setProgress)
      show(answer)
      const upload = file && uploadOf(answer, file)
      if (upload) show(await send(upload, setProgress), answer)
    }
    sending.current = false
    setProgress(undefined)
  }

  const beside = refusal.errors.filter((error) => !fields.some((field) => concerns(field, error)))
  return (
    <form
      ref={form}
      class="vstack"
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
      {signed && <p class="hint">{t('signed')}</p>}
      {beside.map(({ path, message }) => (
        <Problem key={path}>
          <code>{path}</code> {message}
        </Problem>
      ))}
      {refusal.problem && refusal.errors.length === 0 && <Problem>{refusal.problem}</Problem>}
      {progress && (
        <label class="muted">
          {t('sent', { sent: sizeOf(progress.loaded), size: sizeOf(progress.total) })}
          <progress max={progress.total} value={progress.loaded} />
        </label>
      )}
      <div class="hstack">
        <Button type="submit" kind={kind}>
          {label}
        </Button>
        {props.children}
      </div>
    </form>
  )
}
