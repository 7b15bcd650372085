import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { toCurl } from '../curl.ts'
import {
  type Answer,
  type Call,
  callOf,
  curlOf,
  errorsIn,
  type FieldError,
  type Input,
  send,
  uploadOf,
} from '../http.ts'
import { sizeOf, t } from '../i18n.ts'
import type { Api, Operation, Parameter } from '../openapi.ts'
import type { Field } from '../schema.ts'
import { Button, copy, Problem, say } from '../ui.tsx'
import { errorsBeside, FieldInput, fillFrom, InputError, type Place, read } from './fields.tsx'
import { messageOf } from './messages.ts'

/** Name of the field for the file of a direct upload; no property is called so. */
const DIRECT = '…file'
const direct: Field = { path: DIRECT, kind: 'file', required: true, nullable: false, schema: { format: 'binary' } }

const OVERTAKEN = 'overtaken'

/** Values that a form begins with. */
export interface Initial {
  readonly parameters?: Readonly<Record<string, string>>
  readonly body?: unknown
}

interface Props {
  readonly api: Api
  readonly operation: Operation
  readonly initial?: Initial
  /** Parameters that are not asked for: they have their initial values. */
  readonly fixed?: boolean
  /** Required fields begin with their examples. */
  readonly examples?: boolean
  readonly sendLabel?: string
  readonly kind?: 'primary' | 'danger' | 'plain'
  /** Sends at once, and again whenever it changes: then it overtakes what is on its way. */
  readonly trigger?: unknown
  /** A parameter that the form does not ask for. */
  readonly extra?: { readonly name: string; readonly value: string | undefined } | undefined
  /** Called in place of sending. */
  onSubmit?(): void
  /** All answers so far of what was sent at once. */
  onAnswers(answers: readonly Answer[], input: Input | undefined): void
  /** Further buttons. */
  readonly children?: ComponentChildren
}

/** A form that sends what an operation describes. */
export function OperationForm(props: Props) {
  const { api, operation, initial = {}, fixed = false, examples = false, trigger, extra, onAnswers } = props
  const { parameters, body } = operation
  const form = useRef<HTMLFormElement>(null)
  const abort = useRef<AbortController>(undefined)
  const key = useRef({ of: '', value: '' })
  const [files, setFiles] = useState<ReadonlyMap<string, readonly File[]>>(new Map())
  const [sending, setSending] = useState<{ name?: string; sent: number; total: number }>()
  const [errors, setErrors] = useState<readonly FieldError[]>([])
  const [problem, setProblem] = useState('')
  const asked = fixed ? [] : parameters.filter(({ field }) => field.path !== extra?.name)
  const bodyField = body?.field
  const fields = [...asked.map(({ field }) => field), ...(bodyField ? [bodyField] : [])]

  useEffect(() => {
    if (trigger !== undefined) void submit(true)
  }, [trigger])
  useEffect(() => () => abort.current?.abort(), [])
  useEffect(() => {
    if (errors.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [errors])

  /** What the form says. @throws InputError */
  function input(element: HTMLFormElement, chosen = files): Input {
    const place = (name: Place) => {
      const entries = parameters
        .filter((each) => each.in === name)
        .map(({ field }) => {
          const { path } = field
          if (path === extra?.name) return [path, extra.value] as const
          return [path, fixed ? initial.parameters?.[path] : read(element, name, field, chosen)] as const
        })
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ''))
    }
    const content = body && read(element, 'body', body.field, chosen)
    const header = place('header')
    const named = parameters.find((each) => each.in === 'header' && /^idempotency-key$/i.test(each.field.path))
    return {
      path: place('path'),
      query: place('query'),
      header: named && !header[named.field.path] ? { ...header, [named.field.path]: keyFor(content) } : header,
      ...(content !== undefined && { body: content }),
    }
  }

  /** The same key for the same content: whatever is sent twice takes effect once. */
  function keyFor(content: unknown): string {
    const of = JSON.stringify(content)
    if (key.current.of !== of) key.current = { of, value: crypto.randomUUID() }
    return key.current.value
  }

  async function submit(overtakes = false) {
    const element = form.current
    if (!element || (abort.current && !overtakes)) return
    abort.current?.abort(OVERTAKEN)
    const mine = new AbortController()
    abort.current = mine
    setErrors([])
    setProblem('')
    const answers: Answer[] = []
    let last: Input | undefined
    const tell = (answer: Answer) => {
      answers.unshift(answer)
      onAnswers([...answers], last)
      setErrors(errorsIn(answer))
      setProblem(messageOf(answer, operation))
    }
    try {
      // Each file of a field that takes one is a request of its own.
      const [path, many] = [...files].find(([, chosen]) => chosen.length > 1 && !takesMany(fields)) ?? []
      for (const file of many ?? [undefined]) {
        const chosen = file && path !== undefined ? new Map([...files, [path, [file]]]) : files
        const [upload] = chosen.get(DIRECT) ?? []
        if (operation.direct && upload && many && bodyField) fillFrom(element, bodyField, operation.direct, upload)
        last = input(element, chosen)
        const answer = await attempt(callOf(api, operation, last), file ?? upload)
        tell(answer)
        const call = operation.direct && answer.status < 300 && upload ? uploadOf(answer.json, upload) : undefined
        if (call) tell(await attempt(call, upload))
      }
    } catch (error) {
      if (error instanceof InputError) setErrors([error])
      else if (!mine.signal.aborted) throw error
      else if (mine.signal.reason !== OVERTAKEN) say(t('cancelled'))
    } finally {
      if (abort.current === mine) {
        abort.current = undefined
        setSending(undefined)
      }
    }
  }

  function attempt(call: Call, file?: File): Promise<Answer> {
    const state = { ...(file && { name: file.name }), sent: 0, total: file?.size ?? 0 }
    setSending(state)
    const signal = abort.current?.signal
    return send(call, {
      ...(signal && { signal }),
      onProgress: (sent, total) => setSending({ ...state, sent, total }),
    })
  }

  function copyCurl() {
    if (!form.current) return
    try {
      void copy(toCurl(curlOf(callOf(api, operation, input(form.current)))))
    } catch (error) {
      if (error instanceof InputError) setErrors([error])
    }
  }

  const common = { examples: examples && !operation.direct, errors, files, onFiles: choose }
  function choose(path: string, chosen: readonly File[]) {
    setFiles(new Map([...files, [path, chosen]]))
    const [file] = chosen
    if (operation.direct && path === DIRECT && file && form.current && bodyField)
      fillFrom(form.current, bodyField, operation.direct, file)
  }
  const parameterFields = (chosen: (parameter: Parameter) => boolean) =>
    asked
      .filter(chosen)
      .map(({ in: place, field }) => (
        <FieldInput
          {...common}
          key={`${place} ${field.path}`}
          {...{ place, field }}
          initial={initial.parameters?.[field.path]}
        />
      ))
  const beside = errorsBeside(fields, errors)
  return (
    <form
      ref={form}
      class={extra ? 'row filters' : 'stack'}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (props.onSubmit) props.onSubmit()
        else void submit()
      }}
    >
      {operation.direct && (
        <FieldInput
          {...common}
          place="body"
          field={{ ...direct, schema: { ...direct.schema, description: t('directHint') } }}
        />
      )}
      {parameterFields(({ in: place }) => place !== 'header')}
      {bodyField && <FieldInput {...common} place="body" field={bodyField} initial={initial.body} />}
      {parameterFields(({ in: place }) => place === 'header')}
      {(beside.length > 0 || (problem && errors.length === 0)) && (
        <Problem>
          {beside.length === 0 ? (
            <p>{problem}</p>
          ) : (
            beside.map(({ path, message }) => (
              <p key={path}>
                <code>{path}</code> {message}
              </p>
            ))
          )}
        </Problem>
      )}
      {sending && sending.total > 0 && (
        <div class="row">
          <progress aria-label={t('sending', { name: sending.name ?? '' })} max={sending.total} value={sending.sent} />
          <span class="muted clock">{t('sent', { sent: sizeOf(sending.sent), size: sizeOf(sending.total) })}</span>
          <Button kind="quiet" onClick={() => abort.current?.abort()}>
            {t('cancel')}
          </Button>
        </div>
      )}
      <div class="row">
        <Button type="submit" kind={props.kind ?? 'primary'} aria-disabled={sending !== undefined || undefined}>
          {props.sendLabel ?? t('send')}
        </Button>
        {props.children}
        <Button kind="quiet" icon="copy" onClick={copyCurl}>
          {t('curl')}
        </Button>
      </div>
    </form>
  )
}

const takesMany = (fields: readonly Field[]): boolean =>
  fields.some(({ many = false, fields: inner = [] }) => many || takesMany(inner))
