import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createConsole, describe } from '../console/console.ts'
import { Recorder } from '../console/recorder.ts'
import { type AccessKeys, accessControl } from './gateway/authorization/access-control.ts'
import { createGateway, type RequestRecord } from './gateway/gateway.ts'
import { createFunction, type LambdaFunction } from './lambda/function.ts'
import type { Code } from './lambda/sandbox.ts'
import type { SecretsManager } from './secrets-manager.ts'
import type { Store } from './store/store.ts'
import type { FunctionWiring } from './wiring/functions.ts'
import type { Wiring } from './wiring/wiring.ts'

export interface ServiceOptions {
  readonly wiring: Wiring
  /** Path of the synthesized Terraform, from which the console describes APIs. */
  readonly stack: string
  readonly store?: Store | undefined
  readonly secretsManager?: SecretsManager
  readonly keys: AccessKeys
  /** Maximum number of execution environments per function. @default that of LambdaFunction */
  readonly maxEnvironments?: number
  code(code: FunctionWiring['code']): Code
  /** Called with each line of a function's output. */
  log(line: string): void
  onRequest?(record: RequestRecord): void
}

export type Service = ReturnType<typeof createService>

/** Creates the deployed program locally: functions behind REST APIs, wired as in Terraform. */
export function createService(options: ServiceOptions) {
  const { store, secretsManager, maxEnvironments } = options
  let { wiring } = options
  const functions = new Map<string, { readonly wiring: FunctionWiring; readonly lambda: LambdaFunction }>()
  const servers: Server[] = []
  const access = accessControl(options.keys)
  const recorder = new Recorder()
  const console = createConsole({
    describe: () => describe(options.stack),
    sources: () => (store ? [store.endpoint] : []),
    recorder,
  })

  const create = (each: FunctionWiring, print = options.log) =>
    createFunction({
      maxEnvironments,
      wiring: each,
      code: options.code(each.code),
      log: (line, source) => {
        print(line)
        recorder.line(line, source)
      },
    })

  async function serve(port: number, host: string): Promise<number> {
    const server = createGateway({
      apis: () => wiring.apis,
      invoke: async (name, event) => {
        const found = functions.get(name)
        if (!found) throw new Error(`Terraform has no function ${name}`)
        return found.lambda.invoke(event)
      },
      access,
      intercept: console.handle,
      onRequest: (record) => {
        recorder.add(record)
        options.onRequest?.(record)
      },
    })
    // Node's default backlog of 511 is too small for a burst of clients; the system caps a larger one.
    server.listen({ port, host, backlog: 4096 })
    await once(server, 'listening')
    servers.push(server)
    return (server.address() as AddressInfo).port
  }

  const service = {
    /** Listens on both addresses of `localhost`. @returns the port; a free one for 0. */
    async listen(port: number): Promise<number> {
      const bound = await serve(port, '127.0.0.1')
      await serve(bound, '::1').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error
      })
      return bound
    },

    /**
     * Invokes the migration functions of one image or of all, and stops each afterwards to free its memory.
     * @returns the applied migrations, and warnings.
     * @throws Error with the function's error.
     */
    async migrate(image?: string): Promise<{ applied: string[]; warnings: string[] }> {
      const done = { applied: [] as string[], warnings: [] as string[] }
      for (const each of wiring.migrations.flatMap((name) => wiring.functions.filter((fn) => fn.name === name))) {
        if (image !== undefined && !isOf(each, image)) continue
        const lines: string[] = []
        const lambda = create(each, (line) => lines.push(line))
        const { payload, functionError } = await lambda.invoke({}).finally(() => lambda.stop())
        const result = JSON.parse(payload)
        if (functionError) throw new Error(`${each.name} failed: ${result.errorMessage}`)
        for (const line of lines) options.log(line)
        done.applied.push(...(result.applied ?? []))
        done.warnings.push(...(result.warnings ?? []))
      }
      return done
    },

    /** Reloads the console's API descriptions. */
    redescribe: () => console.changed(),

    /** Applies new code of an image. */
    reload(image: string): void {
      for (const { wiring, lambda } of functions.values()) if (isOf(wiring, image)) lambda.reload()
    },

    /**
     * Applies newly synthesized Terraform: replaces changed functions, and ends their running invocations.
     * @returns whether anything has changed.
     */
    async rewire(next: Wiring): Promise<boolean> {
      const changed = JSON.stringify(next) !== JSON.stringify(wiring)
      wiring = next
      store?.buckets.clear()
      for (const [name, rules] of Object.entries(next.buckets)) store?.buckets.set(name, rules ?? undefined)
      if (secretsManager) secretsManager.secrets = next.secrets
      const wanted = new Map(next.functions.map((each) => [each.name, each]))
      for (const [name, { wiring: known, lambda }] of functions) {
        if (JSON.stringify(wanted.get(name)) === JSON.stringify(known)) wanted.delete(name)
        else {
          // Awaited: its successor may use the same inspector port.
          await lambda.stop()
          functions.delete(name)
        }
      }
      for (const [name, each] of wanted) functions.set(name, { wiring: each, lambda: create(each) })
      return changed
    },

    async stop(): Promise<void> {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
      for (const server of servers) server.closeAllConnections()
      await Promise.all([...closed, ...[...functions.values()].map(({ lambda }) => lambda.stop())])
    },
  }
  void service.rewire(wiring)
  return service
}

const isOf = ({ code }: FunctionWiring, image: string) => 'image' in code && code.image === image
