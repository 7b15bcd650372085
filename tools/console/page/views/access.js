import { h } from '../dom.js'
import { t } from '../i18n.js'
import { credentials, settings } from '../settings.js'
import { button, dialog, field } from '../ui.js'

/** Asks for what the APIs ask of callers, and keeps it in this tab. */
export function editAccess() {
  const { access = 'unknown' } = settings
  const secret = { type: 'password', class: 'mono' }
  const key = field('api-key', t('access.key'), { ...secret, value: credentials.apiKey })
  const token = field('token', t('access.bearer'), {
    ...secret,
    hint: t('access.bearerHint'),
    value: credentials.token,
  })
  const asks = { 'api-key': [key], token: [token], iam: [], open: [], unknown: [key, token] }[access]
  const form = h(
    'form',
    {
      onsubmit(/** @type {SubmitEvent} */ event) {
        event.preventDefault()
        credentials.apiKey = key.input.value.trim()
        credentials.token = token.input.value.trim().replace(/^bearer\s+/i, '')
        box.close()
        // Whatever is shown was asked for by somebody else.
        window.dispatchEvent(new HashChangeEvent('hashchange'))
      },
    },
    h('p', {}, t(`access.${access}`)),
    asks.map(({ element }) => element),
    asks.length > 0 && h('p', { class: 'hint' }, t('access.text')),
    asks.length > 0
      ? h(
          'div',
          { class: 'buttons' },
          button(t('cancel'), { onclick: () => box.close() }),
          button(t('save'), { kind: 'primary', type: 'submit' }),
        )
      : h('div', { class: 'buttons' }, button(t('close'), { onclick: () => box.close() })),
  )
  const box = dialog(t('access.title'), [form])
}
