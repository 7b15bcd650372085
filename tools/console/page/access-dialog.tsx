import { credentials, distinct, keepCredentials } from './access.ts'
import { t } from './i18n.ts'
import type { Access } from './openapi.ts'
import { Button, Dialog } from './ui.tsx'

interface Props {
  /** What the operations of all APIs ask for. */
  readonly asked: readonly Access[]
  onClose(): void
  /** Called when something else was entered. */
  onChange(): void
}

/** Asks for what the APIs ask of callers, and keeps it in this tab. */
export function AccessDialog({ asked, onClose, onChange }: Props) {
  const all = distinct(asked)
  const fields = all.filter(({ kind }) => kind !== 'signature')
  const known = credentials()
  return (
    <Dialog title={t('access.title')} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          const values = [...new FormData(event.currentTarget)].map(([name, value]) => {
            // Tokens are often copied with what stands before them.
            return [
              name,
              String(value)
                .trim()
                .replace(/^bearer\s+/i, ''),
            ]
          })
          keepCredentials(Object.fromEntries(values))
          onChange()
          onClose()
        }}
      >
        <p>{all.map(({ kind }) => t(`access.${kind}`)).join(' ')}</p>
        {fields.map(({ header, kind }, index) => (
          <div class="field" key={header}>
            <label for={`access-${header}`}>{t(`asks.${kind}`)}</label>
            <input
              id={`access-${header}`}
              name={header}
              type="password"
              class="mono"
              autocomplete="off"
              autoFocus={index === 0}
              defaultValue={known[header] ?? ''}
            />
            <p class="hint">
              <code>{header}</code>
            </p>
          </div>
        ))}
        {fields.length > 0 && <p class="hint">{t('access.kept')}</p>}
        <div class="row">
          {fields.length > 0 && (
            <Button type="submit" kind="primary">
              {t('save')}
            </Button>
          )}
          <Button onClick={onClose}>{t('cancel')}</Button>
        </div>
      </form>
    </Dialog>
  )
}
