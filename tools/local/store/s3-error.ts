import type { ServerResponse } from 'node:http'

/** HTTP status by error code; others are 400. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AccessForbidden: 403,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidRange: 416,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
}

/** An error response with S3's own code. */
export class S3Error extends Error {
  override name = 'S3Error'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }

  get status(): number {
    return STATUS[this.code] ?? 400
  }
}

type Content = string | { readonly [name: string]: Content | readonly Content[] }

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Sends an XML document; an array becomes repeated elements. */
export function answerXml(response: ServerResponse, status: number, root: string, content: Content): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${element(root, content)}`)
}

function element(name: string, content: Content): string {
  const inner =
    typeof content === 'string'
      ? content.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
      : Object.entries(content)
          .flatMap(([child, each]) => [each].flat().map((one) => element(child, one)))
          .join('')
  return `<${name}>${inner}</${name}>`
}
