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
  readonly remote: boolean
  onDone(message: string): void
  onClose(): void
}

export function RowDialog(props: Props) {
  const { api, work, operation, reader, row, rowKey, parameters, remote, onDone, onClose } = props
  const [answer, setAnswer] = useState<Answer>()
  const name = parameters[rowKey] ?? ''
  const read = work === 'open' || work === 'change' ? reader : undefined
  useEffect(() => {
    const abort = new AbortController()
    if (read) {
      const call = callOf(api, read, { path: parameters, query: {}, header: {} }, remote)
      send(call, { signal: abort.signal }).then(setAnswer, () => {})
    }
    return () => abort.abort()
  }, [])
  if (work === 'remove') return <RemoveDialog {...props} />
  const problem = answer && read && messageOf(answer, read)
  return (
    <Dialog
      title={work === 'add' ? operation.summary : `${operation.summary} · ${name}`}
      wide={work === 'open'}
      onClose={onClose}
    >
      {problem && <Problem>{problem}</Problem>}
      {work === 'open'
        ? answer && <AnswerView answer={answer} />
        : (answer || !read) &&
          !problem && (
            <OperationForm
              api={api}
              operation={operation}
              remote={remote}
              fixed={work === 'change'}
              initial={{
                parameters,
                ...(work === 'change' && { body: { ...(row as object), ...rowIn(answer, rowKey, name) } }),
              }}
              sendLabel={t(work === 'add' ? 'add' : 'save')}
              onAnswers={([latest]) => {
                if (latest && messageOf(latest, operation) === '')
                  onDone(t(work === 'add' ? 'added' : 'saved', { name }))
              }}
            >
              <Button onClick={onClose}>{t('cancel')}</Button>
            </OperationForm>
          )}
    </Dialog>
  )
}

function RemoveDialog({ api, operation, parameters, rowKey, remote, onDone, onClose }: Props) {
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const name = parameters[rowKey] ?? ''
  async function remove() {
    if (busy) return
    setBusy(true)
    const answer = await send(callOf(api, operation, { path: parameters, query: {}, header: {} }, remote))
    setBusy(false)
    const message = messageOf(answer, operation)
    // Gone is what was asked for.
    if (message === '' || answer.status === 404) onDone(t('deleted', { name }))
    else setProblem(message)
  }
  return (
    <Dialog title={operation.summary} role="alertdialog" onClose={onClose}>
      <p class="wrap" dir="auto">
        {t('deleteText', { name })}
      </p>
      {problem && <Problem>{problem}</Problem>}
      <div class="row">
        <Button kind="danger" aria-disabled={busy || undefined} onClick={remove}>
          {t('delete')}
        </Button>
        <Button autoFocus onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
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
