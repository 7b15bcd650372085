/** HTTP status of the codes that are no 400. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const STATUS = new Map([
  ['AccessDenied', 403],
  ['AccessForbidden', 403],
  ['InternalError', 500],
  ['InvalidAccessKeyId', 403],
  ['InvalidRange', 416],
  ['MethodNotAllowed', 405],
  ['MissingContentLength', 411],
  ['NoSuchBucket', 404],
  ['NoSuchKey', 404],
  ['NotImplemented', 501],
  ['PreconditionFailed', 412],
  ['RequestTimeTooSkewed', 403],
  ['SignatureDoesNotMatch', 403],
])

/** An answer of S3 that is an error, with S3's own code and message. */
export class S3Error extends Error {
  readonly code: string
  readonly details: Readonly<Record<string, string>>

  constructor(code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'S3Error'
    this.code = code
    this.details = details
  }

  get status(): number {
    return STATUS.get(this.code) ?? 400
  }

  toXml(requestId: string): string {
    const parts = { Code: this.code, Message: this.message, ...this.details, RequestId: requestId }
    return xml('Error', parts)
  }
}

/** An XML document of one element with text elements in it. */
export function xml(root: string, parts: Readonly<Record<string, string>>): string {
  const body = Object.entries(parts).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${body.join('')}</${root}>`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
