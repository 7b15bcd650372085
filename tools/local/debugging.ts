import { requirePort } from '../process/port.ts'
import type { Wiring } from './wiring/wiring.ts'

/** Seconds that an invocation may take while somebody looks at it: a day, since timers of more than 24 days fire at once. */
const UNHURRIED = 24 * 60 * 60

/** The wiring without the limits of time that would end an invocation while a breakpoint holds it. */
export const unhurried = (wiring: Wiring): Wiring => ({
  ...wiring,
  functions: wiring.functions.map((each) => ({ ...each, timeout: UNHURRIED })),
  apis: wiring.apis.map((api) => ({
    ...api,
    methods: api.methods.map((method) =>
      method.integration.type === 'MOCK'
        ? method
        : { ...method, integration: { ...method.integration, timeoutMs: UNHURRIED * 1000 } },
    ),
  })),
})

/** A port of the inspector for each function, from the first one on. It keeps its port as long as this process lives. */
export class InspectorPorts {
  readonly #first: number
  readonly #ports = new Map<string, number>()

  constructor(first: number) {
    this.#first = first
  }

  /** Functions that only run before anything is served have none: nobody could attach in time. */
  of(name: string, { migrations }: Pick<Wiring, 'migrations'>): number | undefined {
    if (migrations.includes(name)) return undefined
    const port = this.#ports.get(name) ?? this.#first + this.#ports.size
    this.#ports.set(name, port)
    return port
  }

  /**
   * Gives each function its port.
   * @throws Error naming one that is taken, where that can be told.
   */
  async reserve({ functions, ...wiring }: Wiring, taken: number): Promise<void> {
    for (const { name } of functions) {
      const port = this.of(name, wiring)
      if (port === taken)
        throw new Error(`INSPECT=${this.#first} gives ${name} port ${port}, which is PORT: choose another`)
      if (port !== undefined) await requirePort(port, 'INSPECT')
    }
  }

  /** `a 9229, b 9230` */
  toString(): string {
    return [...this.#ports].map(([name, port]) => `${name} ${port}`).join(', ')
  }
}
