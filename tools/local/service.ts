import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Console } from '../console/console.ts'
import { Recorder } from '../console/recorder.ts'
import { localSettings } from '../console/settings.ts'
import { type Backends, functionEnvironment } from './function-environment.ts'
import { AccessControl, type AccessKeys, LOCAL_API_KEY } from './gateway/authorization/access-control.ts'
import { createGateway, type RequestRecord } from './gateway/gateway.ts'
import type { LineSource } from './lambda/environment.ts'
import type { LambdaFunction } from './lambda/function.ts'
import { createFunction } from './lambda/function.ts'
import type { InvocationResult } from './lambda/invocation.ts'
import type { Code } from './lambda/sandbox.ts'
import type { FunctionWiring } from './wiring/functions.ts'
import type { Wiring } from './wiring/wiring.ts'

export interface ServiceOptions extends Backends {
  readonly wiring: Wiring
  /** Where the code of an image is. */
  code(image: string): Code
  /** Each line that a function writes. */
  log(line: string): void
  onRequest?(record: RequestRecord): void
  /** What callers send in `x-api-key` where an API asks for it. @default 'local' */
  readonly apiKey?: string | undefined
  /** Whether the APIs' limits by the second are kept: what they protect, a bill and a database, is not here. @default false */
  readonly throttled?: boolean
  /** Most execution environments of each function at a time. @default as createFunction */
  readonly maxEnvironments?: number
}

/** What the migrations' function answers. */
export interface Migrated {
  readonly applied: readonly string[]
  readonly version: number
  /** What a table that was there before lacks, each with its fix. */
  readonly warnings: readonly string[]
}

const MIGRATE = 'rds-migrate'

/** The deployed program on this machine: its functions behind its REST APIs, on the wiring that Terraform has. */
export class Service {
  readonly #options: ServiceOptions
  readonly #functions = new Map<string, { readonly wiring: FunctionWiring; readonly lambda: LambdaFunction }>()
  readonly #servers: Server[] = []
  readonly #access: AccessControl
  readonly #recorder = new Recorder()
  readonly #console = new Console({
    settings: () => localSettings(this.#wiring),
    sources: () => [this.#options.store.endpoint],
    recorder: this.#recorder,
  })
  /** What callers need where an API asks for it. */
  readonly keys: AccessKeys
  #wiring: Wiring

  constructor(options: ServiceOptions) {
    this.#options = options
    this.#wiring = options.wiring
    this.keys = { apiKey: options.apiKey || LOCAL_API_KEY, credentials: options.store }
    this.#access = new AccessControl(this.keys, { throttled: options.throttled ?? false })
    this.#wire(options.wiring)
  }

  /**
   * Serves on `localhost`, whichever address that name has for a client.
   * @returns the port, which is a free one for 0.
   */
  async listen(port: number): Promise<number> {
    const bound = await this.#listen(port, '127.0.0.1')
    await this.#listen(bound, '::1').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error
    })
    return bound
  }

  /** Brings the schema up to date, by the function that does so in the cloud; it is gone afterwards, and its memory with it. */
  async migrate(): Promise<Migrated> {
    const wiring = this.#wiring.functions.find(({ name }) => name === MIGRATE)
    if (!wiring) throw new Error(`Terraform has no function ${MIGRATE}`)
    const lines: string[] = []
    const lambda = this.#create(wiring, (line) => lines.push(line))
    try {
      const { payload, functionError } = await lambda.invoke({})
      const result = JSON.parse(payload)
      if (functionError) throw new Error(['migrations failed', result.errorMessage, ...causeIn(lines)].join(': '))
      for (const line of lines) this.#options.log(line)
      return result
    } finally {
      await lambda.stop()
    }
  }

  /** The image has new code. */
  reload(image: string): void {
    for (const { wiring, lambda } of this.#functions.values()) if (wiring.image === image) lambda.reload()
  }

  /**
   * Terraform has been synthesized again: functions that it changes are replaced, and their invocations under way are ended.
   * @returns whether anything has changed.
   */
  rewire(wiring: Wiring): boolean {
    if (JSON.stringify(wiring) === JSON.stringify(this.#wiring)) return false
    this.#wire(wiring)
    return true
  }

  #wire(wiring: Wiring): void {
    this.#wiring = wiring
    this.#options.store.buckets.clear()
    this.#options.store.buckets.set('my-lambda', wiring.cors && [wiring.cors])
    const wanted = new Map(wiring.functions.filter(({ name }) => name !== MIGRATE).map((each) => [each.name, each]))
    for (const [name, { wiring: known, lambda }] of this.#functions) {
      if (JSON.stringify(wanted.get(name)) === JSON.stringify(known)) wanted.delete(name)
      else {
        this.#functions.delete(name)
        void lambda.stop()
      }
    }
    for (const [name, each] of wanted) this.#functions.set(name, { wiring: each, lambda: this.#create(each) })
  }

  async stop(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const server of this.#servers) server.closeAllConnections()
    await Promise.all([...closed, ...[...this.#functions.values()].map(({ lambda }) => lambda.stop())])
  }

  #create(wiring: FunctionWiring, print = this.#options.log): LambdaFunction {
    const { code, maxEnvironments } = this.#options
    const log = (line: string, source: LineSource) => {
      print(line)
      this.#recorder.line(line, source)
    }
    return createFunction({
      ...(maxEnvironments !== undefined && { maxEnvironments }),
      wiring,
      code: code(wiring.image),
      environment: functionEnvironment(wiring, this.#options),
      log,
    })
  }

  async #listen(port: number, host: string): Promise<number> {
    const service = this
    const server = createGateway({
      get apis() {
        return service.#wiring.apis
      },
      invoke: (name, event) => this.#invoke(name, event),
      access: this.#access,
      intercept: this.#console.handle,
      onRequest: (record) => {
        this.#recorder.add(record)
        this.#options.onRequest?.(record)
      },
    })
    // As many clients may come at once as the system lets wait: 511, Node's own number, is fewer than a burst has.
    server.listen({ port, host, backlog: 4096 })
    await once(server, 'listening')
    this.#servers.push(server)
    return (server.address() as AddressInfo).port
  }

  async #invoke(name: string, event: object): Promise<InvocationResult> {
    const found = this.#functions.get(name)
    if (!found) throw new Error(`Terraform has no function ${name}`)
    return found.lambda.invoke(event)
  }
}

/** Message of the innermost cause that a function's log lines name. */
function causeIn(lines: readonly string[]): string[] {
  const [line = '{}'] = lines.filter((each) => each.startsWith('{"'))
  let cause = JSON.parse(line).error?.cause
  while (cause?.cause) cause = cause.cause
  return cause ? [cause.message] : []
}
