import { type TextKey, texts } from './texts.ts'

export type Language = 'en' | 'ko'

const inAddress = new URLSearchParams(location.search).get('lang')

export let language: Language = (inAddress ?? navigator.language).startsWith('ko') ? 'ko' : 'en'

/** Changes the language, and stores it in the page's URL. */
export function chooseLanguage(chosen: Language): Language {
  language = chosen
  history.replaceState(null, '', `?lang=${chosen}${location.hash}`)
  return chosen
}

/** Translates a text; `{name}` is a placeholder for a value. */
export function t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const text: string = texts[key][language === 'ko' ? 1 : 0]
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole))
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte']

export function sizeOf(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1)
  const options = { style: 'unit', unit: UNITS[power], unitDisplay: 'narrow', maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(language, options).format(bytes / 1000 ** power)
}

/** @param time epoch milliseconds. */
export const dateOf = (time: number): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' }).format(time)

export const clockOf = (time: number): string => new Date(time).toLocaleTimeString('en-GB')

export const millisecondsOf = (ms: number): string =>
  ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`

/** Formats remaining milliseconds as a clock, with hours beyond 24. */
export const leftOf = (ms: number): string =>
  String(Math.floor(ms / 3_600_000)).padStart(2, '0') + new Date(ms).toISOString().slice(13, 19)
