import { explainForm } from './form.js'
import { explainUrl } from './url.js'

/** @import { UrlExplanation } from './url.js' */
/** @import { FormExplanation } from './form.js' */

/**
 * Says what a presigned URL, or the form that `POST /s3/uploads` answers with, allows, until when, and why S3 would refuse it.
 * All of it stands in the text itself: nothing is sent anywhere. Whether the signature is right only S3 knows.
 * @param {string} text A URL, or JSON with `url` and `fields`.
 * @param {number} now Epoch milliseconds.
 * @returns {UrlExplanation | FormExplanation | undefined} undefined where it is neither.
 */
export function explain(text, now) {
  const trimmed = text.trim().replace(/^(["'<])(.*)(["'>])$/s, '$2')
  if (trimmed.startsWith('{')) {
    const form = parseForm(trimmed)
    return form && explainForm(form.url, form.fields, now)
  }
  // A mail program breaks long lines: the parts still belong together.
  const joined = trimmed.replace(/\s+/g, '')
  if (!/^https?:\/\/./i.test(joined) || !URL.canParse(joined)) return undefined
  return explainUrl(new URL(joined), trimmed, now)
}

/** @param {string} json */
function parseForm(json) {
  try {
    const { url, fields } = JSON.parse(json)
    return URL.canParse(url) && typeof fields === 'object' && fields !== null
      ? { url: new URL(url), fields }
      : undefined
  } catch {
    return undefined
  }
}
