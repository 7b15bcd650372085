import { useState } from 'preact/hooks'
import type { Answer } from '../http.ts'
import { t } from '../i18n.ts'
import type { Operation } from '../openapi.ts'
import { Inline } from '../text-blocks.tsx'
import { AnswerView } from './answer.tsx'
import { OperationForm } from './operation-form.tsx'

/** An operation: its form, and what it answered. */
export function OperationView({ operation }: { operation: Operation }) {
  const [answers, setAnswers] = useState<readonly Answer[]>([])
  return (
    <>
      <OperationHeading operation={operation} />
      <div class="panes">
        <section class="card" aria-label={t('request')}>
          <OperationForm operation={operation} onAnswers={setAnswers} />
        </section>
        <section class="stack" aria-label={t('answers')}>
          <p class="hidden" role="status">
            {answers[0] && `${t('answer')}: ${answers[0].status || t('noAnswer')}`}
          </p>
          {answers.map((answer) => (
            <AnswerView key={answer.time} answer={answer} />
          ))}
          {answers.length === 0 && <p class="card empty">{t('noAnswerYet')}</p>}
        </section>
      </div>
    </>
  )
}

export const Method = ({ method }: { method: string }) => (
  <span class={`method m-${method.toLowerCase()}`}>{method}</span>
)

export const OperationHeading = ({ operation: { method, path, summary, description } }: { operation: Operation }) => (
  <header class="stack head">
    <h1>{summary}</h1>
    <p>
      <Method method={method} /> <code>{path}</code>
    </p>
    {description && (
      <p class="muted">
        <Inline text={description} />
      </p>
    )}
  </header>
)
