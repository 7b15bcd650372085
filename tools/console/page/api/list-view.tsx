import { useEffect, useRef, useState } from 'preact/hooks'
import { feed } from '../feed.ts'
import { callOf, errorsIn, type FieldError, type Input, send } from '../http.ts'
import { t } from '../i18n.ts'
import { type Api, keyOf, type Operation, rowOperations } from '../openapi.ts'
import { Button, IconButton, Problem, say } from '../ui.tsx'
import { errorsBeside, FieldInput, InputError, type Place, read } from './fields.tsx'
import { messageOf } from './messages.ts'
import { OperationHeading } from './operation-view.tsx'
import { RowDialog, type Work } from './row-dialog.tsx'
import { Table } from './table.tsx'

interface Props {
  readonly api: Api
  readonly operation: Operation
  readonly remote: boolean
  /** Shown again: what it lists may have changed. */
  readonly visible: boolean
  /** Another number for another caller. */
  readonly caller: number
}

const NO_FILES = new Map()

/** What a route lists, as a table with pages, and what its rows can do. */
export function ListView({ api, operation, remote, visible, caller }: Props) {
  const { parameters } = operation
  const list: NonNullable<Operation['list']> = operation.list ?? { items: '', item: {} }
  const { key, ...operations } = rowOperations(api, operation)
  const { add, open, change, remove } = operations
  const filters = parameters.filter(({ field }) => field.path !== list.after)
  const form = useRef<HTMLFormElement>(null)
  const addButton = useRef<HTMLDivElement>(null)
  const table = useRef<HTMLTableElement>(null)
  const running = useRef<AbortController>(undefined)
  const [shown, setShown] = useState<{ rows: readonly unknown[]; next?: string; starts: readonly string[] }>()
  const [errors, setErrors] = useState<readonly FieldError[]>([])
  const [problem, setProblem] = useState('')
  const [dialog, setDialog] = useState<{ work: Work; row?: unknown; parameters: Record<string, string> }>()
  const starts = shown?.starts ?? ['']

  /** What the filters say, and where the page begins. @throws InputError */
  function input(start = ''): Input {
    const element = form.current
    const place = (name: Place) => {
      const entries = filters
        .filter((each) => each.in === name)
        .map(({ field }) => [field.path, element ? read(element, name, field, NO_FILES) : undefined] as const)
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ''))
    }
    const after = list.after && start ? { [list.after]: start } : {}
    return { path: place('path'), query: { ...place('query'), ...after }, header: place('header') }
  }

  /** Loads the last of these pages; an answer that another question overtakes is dropped. */
  async function load(pages = starts) {
    running.current?.abort()
    const mine = new AbortController()
    running.current = mine
    try {
      const answer = await send(callOf(api, operation, input(pages.at(-1)), remote), { signal: mine.signal })
      const found = (answer.json ?? {}) as Record<string, unknown>
      const rows = found[list.items]
      const next = list.next === undefined ? undefined : found[list.next]
      setErrors(errorsIn(answer))
      setProblem(messageOf(answer, operation) || (Array.isArray(rows) ? '' : t('noList', { name: list.items })))
      if (Array.isArray(rows)) setShown({ rows, starts: pages, ...((next ?? '') !== '' && { next: String(next) }) })
    } catch (error) {
      if (error instanceof InputError) setErrors([error])
    }
  }

  useEffect(() => {
    if (visible) void load()
  }, [visible, caller])
  useEffect(() => {
    const back = () => {
      if (feed.connected && problem) void load()
    }
    feed.addEventListener('connection', back)
    return () => feed.removeEventListener('connection', back)
  })

  /** After a change: closed, said and shown; the keyboard is where it was. */
  async function done(message: string) {
    const index = shown?.rows.indexOf(dialog?.row) ?? -1
    setDialog(undefined)
    say(message)
    await load()
    if (index < 0) return
    const rows = [...(table.current?.tBodies[0]?.rows ?? [])]
    const at = rows[Math.min(index, rows.length - 1)] ?? addButton.current
    at?.querySelector('button')?.focus()
  }

  function begin(work: Work, row?: unknown) {
    const path = Object.entries(input().path).map(([name, value]) => [name, String(value)])
    const own = row === undefined ? [] : [[key, keyOf(row, key)]]
    setDialog({ work, row, parameters: Object.fromEntries([...path, ...own]) })
  }

  const fields = filters.map(({ field }) => field)
  const beside = errorsBeside(fields, errors)
  const working = dialog && operations[dialog.work]
  const { rows, next } = shown ?? {}
  return (
    <>
      <div class="row spread">
        <OperationHeading operation={operation} />
        <div ref={addButton}>
          {add && (
            <Button kind="primary" icon="add" onClick={() => begin('add')}>
              {t('add')}
            </Button>
          )}
        </div>
      </div>
      <form
        ref={form}
        class="row filters"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void load([''])
        }}
      >
        {filters.map(({ in: place, field }) => (
          <FieldInput
            key={field.path}
            {...{ place, field, errors, files: NO_FILES }}
            examples={place === 'path'}
            onFiles={() => {}}
          />
        ))}
        <Button type="submit" icon="replay">
          {t('load')}
        </Button>
      </form>
      {(problem !== '' || beside.length > 0) && errors.length === beside.length && (
        <Problem>{beside[0]?.message ?? problem}</Problem>
      )}
      <div class="card scroll" aria-busy={rows === undefined && problem === ''}>
        {rows && rows.length > 0 && (
          <Table
            {...{ api, operation, rows, table, rowKey: key }}
            {...((open || change || remove) && {
              actions: (row, name) => (
                <>
                  {open && <IconButton icon="open" label={t('openOf', { name })} onClick={() => begin('open', row)} />}
                  {change && (
                    <IconButton icon="edit" label={t('editOf', { name })} onClick={() => begin('change', row)} />
                  )}
                  {remove && (
                    <IconButton icon="remove" label={t('deleteOf', { name })} onClick={() => begin('remove', row)} />
                  )}
                </>
              ),
            })}
          />
        )}
        {rows?.length === 0 && <p class="empty">{t(starts.length > 1 ? 'emptyPage' : 'empty')}</p>}
      </div>
      {list.after && (
        <div class="row end">
          <span class="muted" role="status">
            {t('page', { page: starts.length })}
          </span>
          <Button icon="back" disabled={starts.length === 1} onClick={() => load(starts.slice(0, -1))}>
            {t('previous')}
          </Button>
          <Button icon="forward" disabled={next === undefined} onClick={() => load([...starts, next ?? ''])}>
            {t('next')}
          </Button>
        </div>
      )}
      {dialog && working && (
        <RowDialog
          key={`${dialog.work} ${dialog.parameters[key]}`}
          {...{ api, remote, ...dialog, operation: working, reader: open, rowKey: key }}
          onDone={done}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  )
}
