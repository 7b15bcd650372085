import { credentials, keepCredentials } from './access.ts'
import { t } from './i18n.ts'
import type { Access } from './openapi.ts'
import { Button, Dialog } from './ui.tsx'

/** Asks for the credentials that any of the APIs asks for, and keeps them in this tab. */
export function AccessDialog({ asked, onClose }: { asked: readonly Access[]; onClose(): void }) {
  const all = [...new Map(asked.map((each) => [each.kind, each])).values()]
  const fields = all.filter(({ kind }) => kind !== 'signature')
  const known = credentials()
  return (
    <Dialog title={t('access.title')} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          keepCredentials(Object.fromEntries(new FormData(event.currentTarget)))
          onClose()
        }}
      >
        {all.map(({ kind }) => (
          <p key={kind}>{t(`access.${kind}`)}</p>
        ))}
        {fields.map(({ header, kind }) => (
          <label key={header}>
            {t(`asks.${kind}`)} <code>{header}</code>
            <input name={header} type="password" autocomplete="off" defaultValue={known[header] ?? ''} />
          </label>
        ))}
        {fields.length > 0 && <p class="hint">{t('access.kept')}</p>}
        <div class="row">
          {fields.length > 0 && (
            <Button type="submit" kind="primary">
              {t('save')}
            </Button>
          )}
          <Button onClick={onClose}>{t('close')}</Button>
        </div>
      </form>
    </Dialog>
  )
}
