import { callerHeaders } from '../access.ts'
import type { Answer } from '../http.ts'
import { t } from '../i18n.ts'
import type { Operation } from '../openapi.ts'

/** What an answer that is no success says, for whoever looks at the page; empty for a success. */
export function messageOf({ call, status, json, text }: Answer, { access }: Pick<Operation, 'access'>): string {
  if (status >= 200 && status < 300) return ''
  const { host } = new URL(call.url, location.href)
  if (status === 0) return call.anonymous ? t('noStore', { host }) : t('noAnswerFrom', { host })
  if (!call.anonymous && access.length > 0 && (status === 401 || status === 403)) {
    if (access.every(({ kind }) => kind === 'signature')) return t('access.signature')
    return callerHeaders().length > 0 ? t('forbidden') : t('unauthorized')
  }
  const { message, Message } = (json ?? {}) as { message?: unknown; Message?: unknown }
  const said = message ?? Message ?? /<Message>([^<]*)<\/Message>/.exec(text)?.[1]
  return typeof said === 'string' && said ? said : t('notJson', { status })
}
