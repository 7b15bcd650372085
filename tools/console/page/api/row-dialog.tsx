import { messageOf } from '../http.ts'
import { t } from '../i18n.ts'
import type { Operation } from '../openapi.ts'
import { Button, Dialog, say } from '../ui.tsx'
import { OperationForm } from './operation-form.tsx'

export interface Work {
  readonly kind: 'add' | 'change' | 'remove'
  /** Parameters of the list and of the row. */
  readonly path: Readonly<Record<string, unknown>>
  /** Value that tells the row from others. */
  readonly name: string
  readonly row: object
}

/** Texts of a work's button, and of its end. */
const TEXTS = { add: ['add', 'added'], change: ['save', 'saved'], remove: ['delete', 'deleted'] } as const

interface Props {
  readonly work: Work
  readonly operation: Operation
  onDone(): void
  onClose(): void
}

/** Asks for a new row, for changes of one, or whether to delete it. */
export function RowDialog({ work: { kind, path, name, row }, operation, onDone, onClose }: Props) {
  const [label, end] = TEXTS[kind]
  const removes = kind === 'remove'
  return (
    <Dialog
      title={kind === 'add' ? operation.summary : `${operation.summary} · ${name}`}
      {...(removes && { role: 'alertdialog' })}
      onClose={onClose}
    >
      {removes && <p dir="auto">{t('deleteText', { name })}</p>}
      <OperationForm
        {...{ operation, path }}
        initial={row}
        kind={removes ? 'danger' : 'primary'}
        label={t(label)}
        onAnswers={([answer]) => {
          // Deleting what is gone already succeeds.
          if (!answer || (messageOf(answer, operation) && !(removes && answer.status === 404))) return
          say(t(end, { name }))
          onDone()
        }}
      >
        <Button autoFocus={removes} onClick={onClose}>
          {t('cancel')}
        </Button>
      </OperationForm>
    </Dialog>
  )
}
