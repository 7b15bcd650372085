/**
 * Makes V8's compile cache of a bundle: `node scripts/build/compile-cache.ts rds dist/rds`, in the image that the function will run in.
 *
 * The function is started by the image's own entry point, because the cache is of use only under the same flags of Node.js, and answers a
 * few requests, so that the cache holds what V8 compiles no sooner than it is called. MySQL, S3, Secrets Manager and Lambda are played by this process.
 * Where there is no image, as in `bench/`, a third argument names the entry point.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { startDatabase } from './played-database.ts'
import { requests } from './sample-requests.ts'

/** Milliseconds after which something must be wrong. */
const TIMEOUT = 60_000

/** Files of an image, beside `function`, for which there are caches; by their names without ending. */
const more: Readonly<Record<string, readonly string[]>> = { rds: ['secret-reader'] }

/** In place of the function: the same, and a last event that writes down what V8 has compiled by then. */
const RECORDER = `const vm = require('node:vm')
const scripts = []
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options)
    scripts.push([options.filename.replace(/js$/, 'cache'), this])
  }
}
const { handler } = require('./index.js')
exports.handler = async (event, context) => {
  if (!event.record) return handler(event, context)
  for (const [cache, script] of scripts) require('node:fs').writeFileSync(cache, script.createCachedData())
}
`

async function main([image = '', folder = '', entryPoint = '/lambda-entrypoint.sh']: readonly string[]): Promise<void> {
  const taskRoot = resolve(folder)
  const caches = ['function', ...(more[image] ?? [])].map((name) => join(taskRoot, `${name}.cache`))
  const recorder = join(taskRoot, 'recorder.js')
  await writeFile(recorder, RECORDER)
  // Empty, so that the function starts as it will with these.
  for (const cache of caches) await writeFile(cache, '')
  const [database, store] = await Promise.all([startDatabase(), startStore()])
  const events: object[] = [...(requests[image] ?? []), { record: true }]
  const answers: string[] = []
  const runtime = await listen(async (request, response) => {
    if (request.method === 'GET') {
      const event = events.shift()
      // Nobody waits for what comes after the last event.
      if (!event) return void child.kill('SIGKILL')
      const body = Buffer.from(JSON.stringify(event))
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': body.length,
        'lambda-runtime-aws-request-id': 'compile-cache',
        'lambda-runtime-deadline-ms': String(Date.now() + TIMEOUT),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:123456789012:function:compile-cache',
      })
      response.end(body)
    } else {
      const chunks = await request.toArray()
      answers.push(`${request.url?.split('/').at(-1)} ${Buffer.concat(chunks).toString().slice(0, 300)}`)
      response.writeHead(202).end('{}')
    }
  })
  const child = spawn(entryPoint, ['recorder.handler'], {
    cwd: taskRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment(taskRoot, runtime.port, database.port, store.port) },
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT)
  await once(child, 'exit')
  clearTimeout(timer)
  for (const server of [database, store, runtime]) server.close()
  await rm(recorder)
  const refused = answers.filter((answer, index) => index < answers.length - 1 && !/"statusCode":2/.test(answer))
  const sizes = await Promise.all(caches.map(async (cache) => (await stat(cache)).size))
  if (refused.length > 0 || sizes.includes(0)) {
    console.error(`No compile cache could be made. The function answered:\n${answers.join('\n')}`)
    process.exitCode = 1
  }
}

/** What Lambda would set, and the function's variables, which lead to this process. */
const environment = (taskRoot: string, runtime: number, database: number, store: number) => ({
  AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${runtime}`,
  LAMBDA_TASK_ROOT: taskRoot,
  AWS_LAMBDA_FUNCTION_NAME: 'compile-cache',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_LOG_GROUP_NAME: 'compile-cache',
  AWS_LAMBDA_LOG_STREAM_NAME: 'compile-cache',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'compile-cache',
  AWS_SECRET_ACCESS_KEY: 'compile-cache',
  AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${store}`,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${store}`,
  BUCKET_NAME: 'compile-cache',
  DB_HOST: '127.0.0.1',
  DB_PORT: String(database),
  DB_SECRET_ID: 'compile-cache',
  DB_NAME: 'compile-cache',
})

/** An S3 that takes everything and keeps nothing, and a Secrets Manager with one secret. */
const startStore = () =>
  listen(async (request, response) => {
    await request.resume().toArray()
    response.setHeader('ETag', '"d41d8cd98f00b204e9800998ecf8427e"')
    response.end(request.headers['x-amz-target'] ? JSON.stringify({ SecretString: SECRET }) : '')
  })

const SECRET = JSON.stringify({ username: 'compile-cache', password: 'compile-cache' })

async function listen(answer: RequestListener): Promise<{ port: number; close(): void }> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, close }
}

await main(process.argv.slice(2))
