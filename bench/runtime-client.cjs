// @ts-check
// Stands in for AWS's client of the Runtime API where that is not compiled. Like it, it loads node:http at its start, sends everything
// over one connection, and leaves node:http out of that: what it costs is close to nothing, as the native code of AWS's is.
'use strict'
const { connect } = require('node:net')
require('node:http')

const { AWS_LAMBDA_RUNTIME_API = '', LAMBDA_TASK_ROOT = '', AWS_LAMBDA_FUNCTION_NAME } = process.env
const [host = '', port = ''] = AWS_LAMBDA_RUNTIME_API.split(':')
const [file = '', exported = ''] = (process.argv[2] ?? '').split('.')
const PATH = '/2018-06-01/runtime/invocation'
const END_OF_HEAD = '\r\n\r\n'

const { [exported]: handler } = require(`${LAMBDA_TASK_ROOT}/${file}.js`)
const socket = connect(Number(port), host).setNoDelay()
socket.on('error', () => process.exit()).on('close', () => process.exit())

/** @type {(answer: { head: string, body: Buffer }) => void} */
let answered = () => {}
/** @type {Buffer[]} */
let chunks = []
let received = 0
/** @type {{ head: string, start: number, end: number } | undefined} */
let expected

socket.on('data', (chunk) => {
  chunks.push(chunk)
  received += chunk.length
  expected ??= expectation(Buffer.concat(chunks))
  if (!expected || received < expected.end) return
  const { head, start, end } = expected
  const body = Buffer.concat(chunks).subarray(start, end)
  chunks = []
  received = 0
  expected = undefined
  answered({ head, body })
})

/** @param {Buffer} bytes */
function expectation(bytes) {
  const start = bytes.indexOf(END_OF_HEAD) + END_OF_HEAD.length
  if (start < END_OF_HEAD.length) return undefined
  const head = bytes.toString('latin1', 0, start)
  const [, length = '0'] = /^content-length: (\d+)\r$/im.exec(head) ?? []
  return { head, start, end: start + Number(length) }
}

/**
 * @param {string} request
 * @param {string} [body]
 * @returns {Promise<{ head: string, body: Buffer }>}
 */
function call(request, body = '') {
  const length = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
  socket.write(`${request} HTTP/1.1\r\nHost: ${AWS_LAMBDA_RUNTIME_API}\r\n${length}\r\n${body}`)
  return new Promise((resolve) => {
    answered = resolve
  })
}

async function main() {
  for (;;) {
    const { head, body } = await call(`GET ${PATH}/next`)
    /** @param {string} name */
    const header = (name) => new RegExp(`^lambda-runtime-${name}: (.*)\r$`, 'im').exec(head)?.[1] ?? ''
    const id = header('aws-request-id')
    const context = {
      awsRequestId: id,
      functionName: AWS_LAMBDA_FUNCTION_NAME,
      getRemainingTimeInMillis: () => Number(header('deadline-ms')) - Date.now(),
    }
    try {
      await call(
        `POST ${PATH}/${id}/response`,
        JSON.stringify((await handler(JSON.parse(body.toString()), context)) ?? null),
      )
    } catch (error) {
      await call(`POST ${PATH}/${id}/error`, JSON.stringify({ errorMessage: String(error) }))
    }
  }
}

void main()
