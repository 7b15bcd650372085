import { readFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'

/** A middleware of the stack, and when it acts. */
export interface Layer {
  readonly name: string
  readonly phases: readonly ('before' | 'after' | 'onError')[]
}

const STACK = new URL('../../functions/http/stack.ts', import.meta.url)

/** In middy's place: keeps what it is given to use. */
const RECORDER = `export default () => {
  const used = []
  const chain = { use: (each) => (used.push([each].flat()[0]), chain), handler: () => used }
  return chain
}`

const marker = { before: () => {} }

/** The middlewares of functions/http/stack.ts, in the order in which it really composes them. */
export async function stackOrder(): Promise<Layer[]> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@middy/core' && context.parentURL?.endsWith('?recorded')
        ? { url: `data:text/javascript,${encodeURIComponent(RECORDER)}`, shortCircuit: true }
        : next(specifier, context),
  })
  try {
    const { createHandler } = await import(`${STACK.href}?recorded`)
    const used: object[] = createHandler({
      environment: { CORS_ORIGIN: '*', LOG_LEVEL: 'info' },
      routes: {},
      use: [marker],
    })
    const names = [...(await readFile(STACK, 'utf8')).matchAll(/\.use\((?:\[\.\.\.)?(\w+)/g)].map(
      ([, name = '']) => name,
    )
    if (names.length !== used.length)
      throw new Error('functions/http/stack.ts is written in a way that scripts/diagram/stack-order.ts cannot read')
    return used.map((middleware, index) => ({
      name: names[index] ?? '',
      phases: (['before', 'after', 'onError'] as const).filter((phase) => phase in middleware),
    }))
  } finally {
    hooks.deregister()
  }
}
