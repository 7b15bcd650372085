import { explainForm } from './form.ts'
import type { Explanation, Finding } from './signature.ts'
import { explainUrl } from './url.ts'

/**
 * Says what a presigned URL, or the form of a presigned POST, allows, until when, and why S3 would refuse it. All of it stands in the
 * text itself: nothing is sent anywhere. Whether the signature is right only S3 knows.
 * @param text a URL, however it was quoted, or an API's answer with one or with `url` and `fields`.
 * @param now epoch milliseconds.
 * @returns undefined where there is neither.
 */
export function explain(text: string, now: number): Explanation | undefined {
  const trimmed = text.trim()
  const found = search(parse(trimmed))
  if (typeof found === 'object') return explainForm(new URL(found.url), found.fields, now)
  // Alone, or in a line of JSON, HTML or a shell.
  const unquoted = found ?? (/^https?:/i.test(trimmed) ? trimmed : (/https?:\/\/[^\s"'`<>]+/i.exec(trimmed)?.[0] ?? ''))
  // In JSON some signs are escaped; no URL has a backslash.
  const written = unquoted
    .replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\([/?&=%])/g, '$1')
  // What mail programs and HTML do to URLs: the parts still belong together.
  const joined = written.replace(/\s+/g, '').replaceAll('&amp;', '&')
  if (!/^https?:\/\/./i.test(joined) || !URL.canParse(joined)) return undefined
  const told = explainUrl(new URL(joined), now)
  const changes: Finding[] = []
  if (/\s/.test(written)) changes.push(['problem.broken'])
  if (written.includes('&amp;')) changes.push(['problem.escaped'])
  return { ...told, problems: [...told.problems, ...changes] }
}

interface Form {
  readonly url: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** The first form or URL in an answer, signed ones before others. */
function search(value: unknown, depth = 0): Form | string | undefined {
  if (typeof value === 'string') return /^https?:\/\//i.test(value) ? value : undefined
  if (typeof value !== 'object' || value === null || depth > 5) return undefined
  const { url, fields } = value as Partial<Form>
  if (typeof url === 'string' && URL.canParse(url) && typeof fields === 'object' && fields !== null)
    return { url, fields }
  const found = Object.values(value).flatMap((each) => search(each, depth + 1) ?? [])
  return found.find((each) => typeof each === 'object' || each.includes('X-Amz-Signature=')) ?? found[0]
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
