import { useState } from 'preact/hooks'
import type { Answer, Input } from '../http.ts'
import { t } from '../i18n.ts'
import { type Api, nextSteps, type Operation } from '../openapi.ts'
import { inline, Prose } from '../text-blocks.tsx'
import { Button, Icon } from '../ui.tsx'
import { AnswerView } from './answer.tsx'
import { type Initial, OperationForm } from './operation-form.tsx'

interface Props {
  readonly api: Api
  readonly operation: Operation
  readonly initial?: Initial
  /** Opens another operation with these parameters, and sends it. */
  onStep(operation: Operation, parameters: Readonly<Record<string, string>>): void
}

/** An operation: what it does, its form, and what it answered. */
export function OperationView({ api, operation, initial, onStep }: Props) {
  const [sent, setSent] = useState<{ answers: readonly Answer[]; input: Input | undefined }>()
  const [latest] = sent?.answers ?? []
  const values = new Map<string, string>()
  const done = latest !== undefined && latest.status >= 200 && latest.status < 300
  if (done) for (const each of [...(sent?.answers ?? []).map(({ json }) => json), sent?.input]) scalarsIn(each, values)
  const steps = done ? nextSteps(api, operation, values) : []
  return (
    <>
      <OperationHeading operation={operation} />
      <div class="panes">
        <div class="stack">
          <section class="card" aria-label={t('request')}>
            <OperationForm
              api={api}
              operation={operation}
              examples
              {...(initial && { initial, trigger: true })}
              onAnswers={(answers, input) => setSent({ answers, input })}
            />
          </section>
          <PossibleAnswers operation={operation} />
        </div>
        <section class="stack" aria-label={t('answers')}>
          <p class="hidden" role="status">
            {latest && `${t('answer')}: ${latest.status || t('noAnswer')}`}
          </p>
          {steps.length > 0 && (
            <div class="row">
              {steps.map((step) => (
                <Button key={step.id} icon="forward" onClick={() => onStep(step, parametersOf(step, values))}>
                  {step.summary}
                </Button>
              ))}
            </div>
          )}
          {sent?.answers.map((answer) => <AnswerView key={answer.time + answer.duration} answer={answer} />) ?? (
            <p class="card empty">{t('noAnswerYet')}</p>
          )}
        </section>
      </div>
    </>
  )
}

export const Method = ({ method }: { method: string }) => (
  <span class={`method m-${method.toLowerCase()}`}>{method}</span>
)

export const OperationHeading = ({ operation }: { operation: Operation }) => (
  <header class="stack head">
    <h1>{operation.summary}</h1>
    <p class="row">
      <Method method={operation.method} /> <code>{operation.path}</code>
      {operation.access.length > 0 && (
        <span class="muted small">
          <Icon name="key" /> {operation.access.map(({ kind }) => t(`asks.${kind}`)).join(', ')}
        </span>
      )}
    </p>
    {/* Descriptions without one of their own repeat the summary. */}
    {operation.description && operation.description !== `${operation.summary}.` && (
      <Prose text={operation.description} />
    )}
  </header>
)

const PossibleAnswers = ({ operation: { answers } }: { operation: Operation }) => (
  <details>
    <summary>{t('possible')}</summary>
    <dl class="facts small">
      {answers.map(({ status, description }) => (
        <>
          <dt>
            <span class={`status s${status[0]}`}>{status}</span>
          </dt>
          <dd>{inline(description)}</dd>
        </>
      ))}
    </dl>
  </details>
)

const parametersOf = ({ parameters }: Operation, values: ReadonlyMap<string, string>) =>
  Object.fromEntries(
    parameters.flatMap(({ field: { path, required } }) => {
      const value = values.get(path)
      return value === undefined || !required ? [] : [[path, value]]
    }),
  )

/** Texts and numbers in an object, by their names, the outermost first; lists tell of no single thing. */
function scalarsIn(value: unknown, into: Map<string, string>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Blob) return
  for (const [name, each] of Object.entries(value))
    if ((typeof each === 'string' || typeof each === 'number') && !into.has(name)) into.set(name, String(each))
  for (const each of Object.values(value)) scalarsIn(each, into)
}
