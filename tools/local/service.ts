import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Console, describe } from '../console/console.ts'
import { Recorder } from '../console/recorder.ts'
import { type AccessControl, type AccessKeys, accessControl } from './gateway/authorization/access-control.ts'
import { createGateway, type RequestRecord } from './gateway/gateway.ts'
import { LambdaFunction } from './lambda/function.ts'
import type { Code } from './lambda/sandbox.ts'
import type { SecretsManager } from './secrets-manager.ts'
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
  readonly keys: AccessKeys
  /** Most execution environments of each function at a time. @default as LambdaFunction */
  readonly maxEnvironments?: number
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
  #wiring: Wiring

  constructor(options: ServiceOptions) {
    this.#options = options
    this.#wiring = options.wiring
    this.#access = accessControl(options.keys)
    void this.rewire(options.wiring)
  }

  /** Serves on `localhost`, whichever address that name has for a client. @returns the port, which is a free one for 0. */
  async listen(port: number): Promise<number> {
    const bound = await this.#listen(port, '127.0.0.1')
    await this.#listen(bound, '::1').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error
    })
    return bound
  }

  /**
   * Invokes the functions that the Terraform names for it, of one image or of all; each is gone afterwards, and its memory with it.
   * @returns the migrations that they applied, and warnings of theirs.
   * @throws Error with that of a function.
   */
  async migrate(image?: string): Promise<{ applied: string[]; warnings: string[] }> {
    const { functions, migrations } = this.#wiring
    const done = { applied: [] as string[], warnings: [] as string[] }
    for (const wiring of migrations.flatMap((name) => functions.filter((each) => each.name === name))) {
      if (image !== undefined && !isOf(wiring, image)) continue
      const lines: string[] = []
      const lambda = this.#create(wiring, (line) => lines.push(line))
      const { payload, functionError } = await lambda.invoke({}).finally(() => lambda.stop())
      const result = JSON.parse(payload)
      if (functionError) throw new Error(`${wiring.name} failed: ${result.errorMessage}`)
      for (const line of lines) this.#options.log(line)
      done.applied.push(...(result.applied ?? []))
      done.warnings.push(...(result.warnings ?? []))
    }
    return done
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
    const { store, secretsManager } = this.#options
    this.#wiring = wiring
    store?.buckets.clear()
    for (const [name, rules] of Object.entries(wiring.buckets)) store?.buckets.set(name, rules ?? undefined)
    if (secretsManager) secretsManager.secrets = wiring.secrets
    const wanted = new Map(wiring.functions.map((each) => [each.name, each]))
    for (const [name, { wiring: known, lambda }] of this.#functions) {
      if (JSON.stringify(wanted.get(name)) === JSON.stringify(known)) wanted.delete(name)
      else {
        // Its successor may get the same port of the inspector.
        await lambda.stop()
        this.#functions.delete(name)
      }
    }
    for (const [name, each] of wanted) this.#functions.set(name, { wiring: each, lambda: this.#create(each) })
    return JSON.stringify(wiring) !== before
  }

  async stop(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const server of this.#servers) server.closeAllConnections()
    await Promise.all([...closed, ...[...this.#functions.values()].map(({ lambda }) => lambda.stop())])
  }

  #create(wiring: FunctionWiring, print = this.#options.log): LambdaFunction {
    const { code, maxEnvironments } = this.#options
    return new LambdaFunction({
      maxEnvironments,
      wiring,
      code: code(wiring.code),
      log: (line, source) => {
        print(line)
        this.#recorder.line(line, source)
      },
    })
  }

  async #listen(port: number, host: string): Promise<number> {
    const server = createGateway({
      apis: () => this.#wiring.apis,
      invoke: async (name, event) => {
        const found = this.#functions.get(name)
        if (!found) throw new Error(`Terraform has no function ${name}`)
        return found.lambda.invoke(event)
      },
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
}

const isOf = ({ code }: FunctionWiring, image: string) => 'image' in code && code.image === image
