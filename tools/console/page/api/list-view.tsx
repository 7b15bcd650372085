import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Answer, callOf, errorsIn, type Input, messageOf, send } from '../http.ts'
import { t } from '../i18n.ts'
import { keyOf, type Operation, rowOperations } from '../openapi.ts'
import { Button, Problem, say } from '../ui.tsx'
import { CurlButton } from './answer.tsx'
import { FieldInput } from './fields.tsx'
import { inputOf } from './operation-form.tsx'
import { OperationHeading } from './operation-view.tsx'
import { RowDialog, type Work } from './row-dialog.tsx'
import { Table } from './table.tsx'

interface Props {
  readonly operation: Operation
  /** All operations of its API. */
  readonly others: readonly Operation[]
  /** The list reloads whenever it is shown again, since it may have changed. */
  readonly visible: boolean
}

/** A paginated table, whose rows can be added, changed and deleted if the API has such operations. */
export function ListView({ operation, others, visible }: Props) {
  const { key, read, ...operations } = rowOperations(operation, others)
  const { add, change, remove } = operations
  const list = operation.list ?? { items: '' }
  const section = useRef<HTMLDivElement>(null)
  const form = useRef<HTMLFormElement>(null)
  const latest = useRef(0)
  const acted = useRef(false)
  /** Cursors of this page and the previous ones; none for the first page. */
  const [page, setPage] = useState<{ cursors: readonly string[]; input: Input; answer: Answer }>()
  const [work, setWork] = useState<Work>()
  const working = work && operations[work.kind]
  const { cursors = [], input, answer } = page ?? {}
  const content = Object(answer?.json)
  const rows: readonly unknown[] = content[list.items] ?? []
  const next = String(content[list.next ?? ''] ?? '')
  const errors = answer ? errorsIn(answer) : []
  const problem = answer && messageOf(answer)

  /** Loads the page at the last cursor. Drops responses that arrive after a later request. */
  async function load(cursors: readonly string[]) {
    const turn = ++latest.current
    if (!form.current) return
    const input = await inputOf(form.current, operation, [])
    const [cursor] = cursors.slice(-1)
    if (list.after && cursor) input.query[list.after] = cursor
    const answer = await send(callOf(operation, input))
    if (turn === latest.current) setPage({ cursors, input, answer })
  }
  useEffect(() => {
    if (visible) void load(cursors)
  }, [visible])
  useLayoutEffect(() => {
    const find = (selector: string) => section.current?.querySelector<HTMLElement>(selector)
    // Deleting a row also removes the focused button.
    if (acted.current && document.activeElement === document.body)
      (find('tbody tr:last-child button') ?? find('button'))?.focus()
    acted.current = false
  }, [page])

  async function begin(kind: Exclude<Work['kind'], 'add'>, row: unknown) {
    const name = keyOf(row, key)
    const begun = { kind, path: { ...input?.path, [key]: name }, name, row: Object(row) }
    if (kind === 'remove' || !read) return setWork(begun)
    // Lists may omit fields, which a change must preserve.
    const whole = await send(callOf(read, { path: begun.path, query: {}, header: { ...input?.header } }))
    const problem = messageOf(whole)
    if (problem) say(problem)
    else setWork({ ...begun, row: { ...begun.row, ...wholeIn(whole.json, key, name) } })
  }

  function done() {
    acted.current = true
    setWork(undefined)
    void load(cursors)
  }

  const actions = (row: unknown) => {
    const name = keyOf(row, key)
    const one = (kind: 'change' | 'remove', text: 'edit' | 'delete') =>
      operations[kind] && (
        <Button kind="ghost" aria-label={t(`${text}Of`, { name })} onClick={() => begin(kind, row)}>
          {t(text)}
        </Button>
      )
    return [one('change', 'edit'), one('remove', 'delete')]
  }
  return (
    <div ref={section} class="vstack">
      <div class="hstack justify-between">
        <OperationHeading operation={operation} />
        {add && (
          <Button kind="primary" onClick={() => setWork({ kind: 'add', path: { ...input?.path }, name: '', row: {} })}>
            {t('add')}
          </Button>
        )}
      </div>
      <form
        ref={form}
        class="hstack filters"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void load([])
        }}
      >
        {operation.parameters
          .filter(({ names: [name] }) => name !== list.after)
          .map((field) => (
            <FieldInput key={`${field.names}`} field={field} initial={undefined} errors={errors} />
          ))}
        <Button type="submit">{t('load')}</Button>
        {answer && <CurlButton call={answer.call} />}
      </form>
      {problem && errors.length === 0 && <Problem>{problem}</Problem>}
      <div class="card scroll" aria-busy={page === undefined}>
        {rows.length > 0 && <Table caption={operation.summary} rows={rows} {...((change || remove) && { actions })} />}
        {rows.length === 0 && problem === '' && <p class="muted align-center p-4">{t('empty')}</p>}
      </div>
      {list.after && (
        <div class="hstack end">
          <span class="muted" role="status">
            {t('page', { page: cursors.length + 1 })}
          </span>
          <Button disabled={cursors.length === 0} onClick={() => load(cursors.slice(0, -1))}>
            {t('previous')}
          </Button>
          <Button disabled={next === ''} onClick={() => load([...cursors, next])}>
            {t('next')}
          </Button>
        </div>
      )}
      {working && <RowDialog {...{ work, operation: working }} onDone={done} onClose={() => setWork(undefined)} />}
    </div>
  )
}

/** Finds the row in a response that may wrap it. */
function wholeIn(json: unknown, key: string, name: string): object | undefined {
  const candidates = [json, ...Object.values(Object(json))]
  return candidates.find((each) => typeof each === 'object' && each !== null && keyOf(each, key) === name) as object
}
