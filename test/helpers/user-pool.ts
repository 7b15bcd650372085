import { readFile, writeFile } from 'node:fs/promises'
import { forward, listen } from './server.ts'

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
    if (request.method !== 'OPTIONS' && request.headers.authorization !== `Bearer ${token}`) {
      return response.writeHead(401).end('{"message":"Unauthorized"}')
    }
    forward(request, response, { host: '127.0.0.1', port: target })
  }, port)
}
