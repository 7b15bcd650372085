import { h, icon } from '../dom.js'
import { t } from '../i18n.js'

/** A status, which its colour only underlines. @param {number} status */
export const statusOf = (status) =>
  h(
    'span',
    { class: `status s${Math.floor(status / 100)}` },
    status === 0 && icon('warning'),
    status === 0 ? t('requests.noAnswer') : status,
  )
