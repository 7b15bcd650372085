import { keptHere } from './kept.ts'
import { texts } from './texts.ts'

export type TextKey = keyof typeof texts
export type Language = 'en' | 'ko'

const KEPT = 'language'

let language: Language = (keptHere.get(KEPT) ?? navigator.language).startsWith('ko') ? 'ko' : 'en'

export const currentLanguage = (): Language => language

export function chooseLanguage(chosen: Language): void {
  language = chosen
  keptHere.set(KEPT, chosen)
}

type Values = Readonly<Record<string, string | number>>

/** A text in the language of the page; `{name}` stands for a value. */
export function t(key: TextKey, values: Values = {}): string {
  const text: string = texts[key][language === 'ko' ? 1 : 0]
  return text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole))
}

/** A text whose key is put together; the key itself where there is none. */
export const found = (key: string, values?: Values): string =>
  Object.hasOwn(texts, key) ? t(key as TextKey, values) : key

export function sizeOf(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  const unitDisplay = power === 0 ? 'long' : 'short'
  const options = { style: 'unit', unit: units[power] ?? 'byte', unitDisplay, maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(language, options).format(bytes / 1000 ** power)
}

/** @param time epoch milliseconds. */
export const dateOf = (time: number): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' }).format(time)

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** @param time epoch milliseconds. */
export const clockOf = (time: number): string => CLOCK.format(time)

export const millisecondsOf = (ms: number): string =>
  ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`

/** Hours, minutes and seconds, as on a clock. */
export function leftOf(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const two = (number: number) => String(number).padStart(2, '0')
  const hours = Math.floor(seconds / 3600) % 24
  const start = hours > 0 || seconds >= 86_400 ? `${hours}:` : ''
  const time = `${start}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const days = Math.floor(seconds / 86_400)
  return days > 0 ? t('days', { days, time }) : time
}
