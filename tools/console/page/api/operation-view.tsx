import { useState } from 'preact/hooks'
import type { Answer } from '../http.ts'
import { t } from '../i18n.ts'
import type { Operation } from '../openapi.ts'
import { Inline, Method } from '../ui.tsx'
import { AnswerView } from './answer.tsx'
import { OperationForm } from './operation-form.tsx'

/** An operation: its form and its responses. */
export function OperationView({ operation }: { operation: Operation }) {
  const [answers, setAnswers] = useState<readonly Answer[]>([])
  return (
    <>
      <OperationHeading operation={operation} />
      <div class="panes">
        <section class="card" aria-label={t('request')}>
          <OperationForm operation={operation} onAnswers={setAnswers} />
        </section>
        <section class="vstack" aria-label={t('answer')}>
          <p class="hidden" role="status">
            {answers[0] && `${t('answer')}: ${answers[0].status || t('noAnswer')}`}
          </p>
          {answers.map((answer) => (
            <AnswerView key={answer.time} answer={answer} />
          ))}
          {answers.length === 0 && <p class="card muted align-center">{t('noAnswerYet')}</p>}
        </section>
      </div>
    </>
  )
}

export const OperationHeading = ({ operation: { method, path, summary, description } }: { operation: Operation }) => (
  <header class="vstack head">
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
