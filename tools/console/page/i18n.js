import { en } from './texts/en.js'
import { ko, messages } from './texts/ko.js'

/** @typedef {keyof typeof en} TextKey */
/** @typedef {'en' | 'ko'} Language */

const KEPT = 'language'

/** @type {Language} */
let language = (localStorage.getItem(KEPT) ?? navigator.language).startsWith('ko') ? 'ko' : 'en'

export const currentLanguage = () => language

/** @param {Language} chosen */
export function chooseLanguage(chosen) {
  language = chosen
  localStorage.setItem(KEPT, chosen)
}

/**
 * A text in the language of the page.
 * @param {TextKey} key
 * @param {Readonly<Record<string, string | number>>} [values] What stands for `{name}`.
 * @returns {string}
 */
export function t(key, values = {}) {
  const text = (language === 'ko' ? ko : en)[key]
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))
}

/**
 * A text whose key is put together; the code itself where there is none.
 * @param {string} key
 * @param {Readonly<Record<string, string | number>>} [values]
 */
export const found = (key, values) => (key in en ? t(/** @type {TextKey} */ (key), values) : key)

/**
 * A message of the APIs in the language of the page, as far as it is known.
 * @param {string} message
 */
export const translated = (message) => (language === 'ko' && messages[message]) || message

/** @param {number} bytes */
export function sizeOf(bytes) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte']
  let power = 0
  while (bytes >= 1000 ** (power + 1) && power < units.length - 1) power += 1
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: /** @type {string} */ (units[power]),
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(bytes / 1000 ** power)
}

/** @param {number} time Epoch milliseconds. */
export const dateOf = (time) =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' }).format(time)

/** @param {number} time Epoch milliseconds. */
export const clockOf = (time) =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(time)

/** @param {number} ms */
export const millisecondsOf = (ms) =>
  ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`

/** Hours, minutes and seconds, as on a clock. @param {number} ms */
export function leftOf(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0')
  const hours = Math.floor(seconds / 3600) % 24
  const time = `${hours > 0 || seconds >= 86_400 ? `${hours}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const days = Math.floor(seconds / 86_400)
  return days > 0 ? t('days', { days, time }) : time
}
