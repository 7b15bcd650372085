import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Console, describe } from '../console/console.ts'
import { Recorder } from '../console/recorder.ts'
import { type InspectorPorts, unhurried } from './debugging.ts'
import {
  type AccessControl,
  type AccessKeys,
  accessControl,
  LOCAL_API_KEY,
} from './gateway/authorization/access-control.ts'
import { createGateway, type RequestRecord } from './gateway/gateway.ts'
import type { LineSource } from './lambda/environment.ts'
import { LambdaFunction } from './lambda/function.ts'
import type { InvocationResult } from './lambda/invocation.ts'
import type { Code } from './lambda/sandbox.ts'
import type { SecretsManager } from './secrets-manager.ts'
import type { Credentials } from './sigv4.ts'
import type { Store } from './store/store.ts'
import type { FunctionWiring } from './wiring/functions.ts'
import type { Wiring } from './wiring/wiring.ts'

export interface ServiceOptions {
  readonly wiring: Wiring
  /** Path of the synthesized Terraform, by which the console describes APIs. */
  readonly stack: string
  readonly store?: Store | undefined
  readonly secretsManager?: SecretsManager
  /** Where the code of a function is. */
  code(code: FunctionWiring['code']): Code
  /** Each line that a function writes. */
  log(line: string): void
  onRequest?(record: RequestRecord): void
  /** Of callers, where an API asks for a signature. */
  readonly credentials: Credentials
  /** The key that APIs take in `x-api-key`. @default 'local' */
  readonly apiKey?: string | undefined
  /** Most execution environments of each function at a time. @default as LambdaFunction */
  readonly maxEnvironments?: number
  /** Debuggers attach to functions. @default none */
  readonly inspectorPorts?: InspectorPorts | undefined
}

/** Answer of a migration function, for people to read. */
export interface Migrated {
  readonly name: string
  readonly applied: readonly string[]
}

/** A migration function has failed. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
  readonly wiring: FunctionWiring

  constructor(wiring: FunctionWiring, reason: string) {
    super(`${wiring.name} failed: ${reason}`)
    this.wiring = wiring
  }
}

/** The deployed program on this machine: its functions behind its REST APIs, on the wiring that Terraform has. */
export class Service {
  readonly #options: ServiceOptions
  readonly #functions = new Map<string, { readonly wiring: FunctionWiring; readonly lambda: LambdaFunction }>()
  readonly #servers: Server[] = []
  readonly #access: AccessControl
  readonly #recorder = new Recorder()
  readonly #console = new Console({
    describe: () => describe(this.#options.stack),
    sources: () => (this.#options.store ? [this.#options.store.endpoint] : []),
    recorder: this.#recorder,
  })
  /** Keys and credentials of callers. */
  readonly keys: AccessKeys
  #wiring: Wiring

  constructor(options: ServiceOptions) {
    this.#options = options
    this.#wiring = options.wiring
    this.keys = { apiKey: options.apiKey || LOCAL_API_KEY, credentials: options.credentials }
    this.#access = accessControl(this.keys)
    void this.#wire(options.wiring)
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

  /**
   * Invokes the functions that the Terraform names for it, of one image or of all; each is gone afterwards, and its memory with it.
   * @throws MigrationError
   */
  async migrate(image?: string): Promise<Migrated[]> {
    const migrated: Migrated[] = []
    for (const name of this.#wiring.migrations) {
      const wiring = this.#wiring.functions.find((each) => each.name === name)
      if (wiring && (image === undefined || isOf(wiring, image))) migrated.push(await this.#migrate(wiring))
    }
    return migrated
  }

  async #migrate(wiring: FunctionWiring): Promise<Migrated> {
    const lines: string[] = []
    const lambda = this.#create(wiring, (line) => lines.push(line))
    try {
      const { payload, functionError } = await lambda.invoke({})
      const result = JSON.parse(payload)
      if (functionError) throw new MigrationError(wiring, result.errorMessage)
      for (const line of lines) this.#options.log(line)
      return { applied: [], ...result, name: wiring.name }
    } finally {
      await lambda.stop()
    }
  }

  /** Definitions of APIs may have changed: the console describes them anew. */
  redescribe(): void {
    this.#console.changed()
  }

  /** The image has new code. */
  reload(image: string): void {
    for (const { wiring, lambda } of this.#functions.values()) if (isOf(wiring, image)) lambda.reload()
  }

  /**
   * Terraform has been synthesized again: functions that it changes are replaced, and their invocations under way are ended.
   * @returns whether anything has changed.
   */
  async rewire(wiring: Wiring): Promise<boolean> {
    const before = JSON.stringify(this.#wiring)
    await this.#wire(wiring)
    return JSON.stringify(this.#wiring) !== before
  }

  async #wire(wiring: Wiring): Promise<void> {
    const { store, secretsManager, inspectorPorts } = this.#options
    this.#wiring = inspectorPorts ? unhurried(wiring) : wiring
    store?.buckets.clear()
    for (const [name, rules] of Object.entries(wiring.buckets)) store?.buckets.set(name, rules ?? undefined)
    if (secretsManager) secretsManager.secrets = wiring.secrets
    const wanted = new Map(this.#wiring.functions.map((each) => [each.name, each]))
    for (const [name, { wiring: known, lambda }] of this.#functions) {
      if (JSON.stringify(wanted.get(name)) === JSON.stringify(known)) wanted.delete(name)
      else {
        const stopped = lambda.stop()
        // Its successor gets the same port.
        if (inspectorPorts) await stopped
        this.#functions.delete(name)
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
    const { code, maxEnvironments, inspectorPorts } = this.#options
    const log = (line: string, source: LineSource) => {
      print(line)
      this.#recorder.line(line, source)
    }
    return new LambdaFunction({
      ...(maxEnvironments !== undefined && { maxEnvironments }),
      wiring,
      code: code(wiring.code),
      environment: wiring.environment,
      inspectorPort: inspectorPorts?.of(wiring.name, this.#wiring),
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

const isOf = ({ code }: FunctionWiring, image: string) => 'image' in code && code.image === image
