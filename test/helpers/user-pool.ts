import { readFile, writeFile } from 'node:fs/promises'
import { request as send } from 'node:http'
import { pipeline } from 'node:stream'
import { listen } from './server.ts'

/** Terraform whose methods ask no user pool, which the local gateway does not know; `undefined` where they ask none anyway. */
export async function withoutUserPool(terraform: string): Promise<string | undefined> {
  const text = await readFile(terraform, 'utf8')
  if (!text.includes('"COGNITO_USER_POOLS"')) return undefined
  const file = `${terraform}.open`
  await writeFile(file, text.replaceAll('"COGNITO_USER_POOLS"', '"NONE"'))
  return file
}

/** Stands in for a REST API's check with a Cognito user pool that knows one token: passes on what has it, and preflight requests. */
export function startUserPool(port: number, target: number, token: string): ReturnType<typeof listen> {
  return listen((request, response) => {
    const { method = '', url, headers } = request
    if (method !== 'OPTIONS' && headers.authorization !== `Bearer ${token}`) {
      return response.writeHead(401).end('{"message":"Unauthorized"}')
    }
    const forwarded = send({ host: '127.0.0.1', port: target, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      pipeline(answer, response, () => {})
    })
    pipeline(request, forwarded, (error) => error && response.destroy())
  }, port)
}
