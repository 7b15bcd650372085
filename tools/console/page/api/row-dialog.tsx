import { useEffect, useState } from 'preact/hooks'
import { type Answer, callOf, send } from '../http.ts'
import { t } from '../i18n.ts'
import { type Api, keyOf, type Operation } from '../openapi.ts'
import { Button, Dialog, Problem } from '../ui.tsx'
import { AnswerView } from './answer.tsx'
import { messageOf } from './messages.ts'
import { OperationForm } from './operation-form.tsx'

/** What is done with a row, or with a new one. */
export type Work = 'add' | 'open' | 'change' | 'remove'

/** Texts of a work's button, and of its end. */
const TEXTS = {
  add: ['add', 'added'],
  open: ['open', 'saved'],
  change: ['save', 'saved'],
  remove: ['delete', 'deleted'],
} as const

interface Props {
  readonly api: Api
  readonly work: Work
  readonly operation: Operation
  /** Reads one row whole: a list may tell less of it. */
  readonly reader?: Operation | undefined
  readonly row?: unknown
  /** Name of the parameter that tells rows apart. */
  readonly rowKey: string
  /** Of the list and of the row. */
  readonly parameters: Readonly<Record<string, string>>
  onDone(message: string): void
  onClose(): void
}

export function RowDialog(props: Props) {
  const { api, work, operation, reader, row, rowKey, parameters, onDone, onClose } = props
  const [answer, setAnswer] = useState<Answer>()
  const name = parameters[rowKey] ?? ''
  const read = work === 'open' || work === 'change' ? reader : undefined
  useEffect(() => {
    const abort = new AbortController()
    if (read) {
      const call = callOf(api, read, { path: parameters, query: {}, header: {} })
      send(call, { signal: abort.signal }).then(setAnswer, () => {})
    }
    return () => abort.abort()
  }, [])
  const problem = answer && read && messageOf(answer, read)
  const [label, end] = TEXTS[work]
  const body = work === 'change' ? { body: { ...(row as object), ...rowIn(answer, rowKey, name) } } : {}
  return (
    <Dialog
      title={work === 'add' ? operation.summary : `${operation.summary} · ${name}`}
      {...(work === 'remove' && { role: 'alertdialog' })}
      wide={work === 'open'}
      onClose={onClose}
    >
      {problem && <Problem>{problem}</Problem>}
      {work === 'open' && answer && <AnswerView answer={answer} />}
      {work === 'remove' && <p dir="auto">{t('deleteText', { name })}</p>}
      {work !== 'open' && (answer || !read) && !problem && (
        <OperationForm
          {...{ api, operation }}
          fixed={work !== 'add'}
          initial={{ parameters, ...body }}
          kind={work === 'remove' ? 'danger' : 'primary'}
          sendLabel={t(label)}
          onAnswers={([latest]) => {
            // Gone is what was asked for.
            const gone = work === 'remove' && latest?.status === 404
            if (latest && (gone || messageOf(latest, operation) === '')) onDone(t(end, { name }))
          }}
        >
          <Button autoFocus={work === 'remove'} onClick={onClose}>
            {t('cancel')}
          </Button>
        </OperationForm>
      )}
    </Dialog>
  )
}

/** The row in an answer that may wrap it. */
function rowIn(answer: Answer | undefined, rowKey: string, name: string): object | undefined {
  const find = (value: unknown): object | undefined => {
    if (typeof value !== 'object' || value === null) return undefined
    if (!Array.isArray(value) && keyOf(value, rowKey) === name) return value
    return Object.values(value).flatMap((each) => find(each) ?? [])[0]
  }
  return find(answer?.json)
}
