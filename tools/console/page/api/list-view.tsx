import { useEffect, useRef, useState } from 'preact/hooks'
import { feed } from '../feed.ts'
import type { Answer, Input } from '../http.ts'
import { t } from '../i18n.ts'
import { type Api, keyOf, type Operation, rowOperations } from '../openapi.ts'
import { Button, IconButton, Problem, say } from '../ui.tsx'
import { OperationForm } from './operation-form.tsx'
import { OperationHeading } from './operation-view.tsx'
import { RowDialog, type Work } from './row-dialog.tsx'
import { Table } from './table.tsx'

interface Props {
  readonly api: Api
  readonly operation: Operation
  /** Shown again: what it lists may have changed. */
  readonly visible: boolean
  /** Another number for another caller. */
  readonly caller: number
}

interface Page {
  /** Absent where the answer has no list. */
  readonly rows?: readonly unknown[]
  readonly next?: string
  readonly path: Readonly<Record<string, unknown>>
}

/** What a route lists, as a table with pages, and what its rows can do. */
export function ListView({ api, operation, visible, caller }: Props) {
  const list: NonNullable<Operation['list']> = operation.list ?? { items: '', item: {} }
  const { key, ...operations } = rowOperations(api, operation)
  const { add, open, change, remove } = operations
  const section = useRef<HTMLDivElement>(null)
  /** Number of the row that gets the keyboard when the list is there again. */
  const refocus = useRef<number>(undefined)
  const [starts, setStarts] = useState<readonly string[]>([''])
  const [reloads, setReloads] = useState(0)
  const [page, setPage] = useState<Page>()
  const [dialog, setDialog] = useState<{ work: Work; row?: unknown; parameters: Record<string, string> }>()
  const { rows, next } = page ?? {}
  const reload = () => setReloads((count) => count + 1)

  function show([answer]: readonly Answer[], input: Input | undefined) {
    const found = (answer?.json ?? {}) as Record<string, unknown>
    const items = found[list.items]
    const following = list.next === undefined ? '' : String(found[list.next] ?? '')
    const more = following === '' ? {} : { next: following }
    setPage({ path: input?.path ?? {}, ...(Array.isArray(items) && { rows: items, ...more }) })
  }

  useEffect(() => {
    const back = () => {
      if (feed.connected && !rows) reload()
    }
    feed.addEventListener('connection', back)
    return () => feed.removeEventListener('connection', back)
  })
  useEffect(() => {
    if (refocus.current === undefined) return
    const buttons = section.current?.querySelectorAll<HTMLElement>('tbody tr > :last-child > :first-child')
    const at = buttons?.[Math.min(refocus.current, buttons.length - 1)]
    const element = at ?? section.current?.querySelector('button')
    refocus.current = undefined
    element?.focus()
  }, [rows])

  function begin(work: Work, row?: unknown) {
    const path = Object.entries(page?.path ?? {}).map(([name, value]) => [name, String(value)])
    const own = row === undefined ? [] : [[key, keyOf(row, key)]]
    setDialog({ work, row, parameters: Object.fromEntries([...path, ...own]) })
  }

  /** After a change: closed, said and shown; the keyboard is where it was. */
  function done(message: string) {
    if (dialog?.row !== undefined) refocus.current = rows?.indexOf(dialog.row)
    setDialog(undefined)
    say(message)
    reload()
  }

  const works = { open: 'openOf', change: 'editOf', remove: 'deleteOf' } as const
  const icons = { open: 'open', change: 'edit', remove: 'remove' } as const
  const actions = (row: unknown, name: string) =>
    (['open', 'change', 'remove'] as const).map(
      (work) =>
        operations[work] && (
          <IconButton key={work} icon={icons[work]} label={t(works[work], { name })} onClick={() => begin(work, row)} />
        ),
    )
  const working = dialog && operations[dialog.work]
  return (
    <div ref={section} class="stack">
      <div class="row spread">
        <OperationHeading operation={operation} />
        {add && (
          <Button kind="primary" icon="add" onClick={() => begin('add')}>
            {t('add')}
          </Button>
        )}
      </div>
      <OperationForm
        {...{ api, operation }}
        examples
        kind="plain"
        sendLabel={t('load')}
        trigger={visible ? `${reloads} ${starts.length} ${caller}` : undefined}
        extra={{ name: list.after ?? '', value: starts.at(-1) }}
        onAnswers={show}
        onSubmit={() => {
          setStarts([''])
          reload()
        }}
      />
      {page && !rows && <Problem>{t('noList', { name: list.items })}</Problem>}
      <div class="card scroll" aria-busy={page === undefined}>
        {rows && rows.length > 0 && (
          <Table {...{ api, operation, rows, rowKey: key }} {...((open || change || remove) && { actions })} />
        )}
        {rows?.length === 0 && <p class="empty">{t(starts.length > 1 ? 'emptyPage' : 'empty')}</p>}
      </div>
      {list.after && (
        <div class="row end">
          <span class="muted" role="status">
            {t('page', { page: starts.length })}
          </span>
          <Button icon="back" disabled={starts.length === 1} onClick={() => setStarts(starts.slice(0, -1))}>
            {t('previous')}
          </Button>
          <Button icon="forward" disabled={next === undefined} onClick={() => setStarts([...starts, next ?? ''])}>
            {t('next')}
          </Button>
        </div>
      )}
      {dialog && working && (
        <RowDialog
          key={`${dialog.work} ${dialog.parameters[key]}`}
          {...{ api, ...dialog, operation: working, reader: open, rowKey: key }}
          onDone={done}
          onClose={() => setDialog(undefined)}
        />
      )}
    </div>
  )
}
