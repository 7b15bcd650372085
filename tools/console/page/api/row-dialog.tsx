import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { messageOf } from '../http.ts'
import { t } from '../i18n.ts'
import type { Operation } from '../openapi.ts'
import { Button, say } from '../ui.tsx'
import { OperationForm } from './operation-form.tsx'

export interface Work {
  readonly kind: 'add' | 'change' | 'remove'
  /** Parameters of the list and of the row. */
  readonly path: Readonly<Record<string, unknown>>
  /** Key of the row. */
  readonly name: string
  readonly row: object
}

/** Texts of the button, and of the confirmation. */
const TEXTS = { add: ['add', 'added'], change: ['save', 'saved'], remove: ['delete', 'deleted'] } as const

interface Props {
  readonly work: Work
  readonly operation: Operation
  onDone(): void
  onClose(): void
}

/** Dialog to add, change or delete a row. */
export function RowDialog({ work: { kind, path, name, row }, operation, onDone, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const [label, end] = TEXTS[kind]
  const removes = kind === 'remove'
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // Restores the focus.
    return () => element?.close()
  }, [])
  return (
    <dialog ref={dialog} role={removes ? 'alertdialog' : undefined} aria-labelledby={id} onClose={onClose}>
      <div class="vstack">
        <h2 id={id}>{name ? `${operation.summary} · ${name}` : operation.summary}</h2>
        {removes && <p dir="auto">{t('deleteText', { name })}</p>}
        <OperationForm
          {...{ operation, path }}
          initial={row}
          kind={removes ? 'danger' : 'primary'}
          label={t(label)}
          onAnswers={([answer]) => {
            // Deleting a missing row counts as success.
            if (!answer || (messageOf(answer) && !(removes && answer.status === 404))) return
            say(t(end, { name }))
            onDone()
          }}
        >
          <Button autoFocus={removes} onClick={onClose}>
            {t('cancel')}
          </Button>
        </OperationForm>
      </div>
    </dialog>
  )
}
