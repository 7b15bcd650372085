import * as v from 'valibot'
import type { InvocationResult } from '../../lambda/environment.ts'
import type { AccessWiring } from '../../wiring/methods.ts'
import { GatewayError } from '../gateway-response.ts'

/** The event of a Lambda authorizer of type TOKEN. */
export interface TokenEvent {
  readonly type: 'TOKEN'
  readonly authorizationToken: string
  readonly methodArn: string
}

export type Invoke = (functionName: string, event: TokenEvent) => Promise<InvocationResult>

const texts = v.union([v.string(), v.array(v.string())])

/** An authorizer's response; any other shape is an authorizer failure. */
const resultSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    principalId: v.string(),
    policyDocument: v.object({
      Statement: v.array(v.object({ Action: texts, Effect: v.picklist(['Allow', 'Deny']), Resource: texts })),
    }),
    context: v.nullish(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
  }),
)

type AuthorizerResult = v.InferOutput<typeof resultSchema>

/** Invokes Lambda authorizers of type TOKEN, and caches their responses by API and token as API Gateway does. */
export function lambdaAuthorizer() {
  const known = new Map<string, { readonly result: AuthorizerResult; readonly expires: number }>()
  /** @throws GatewayError if the caller is refused. */
  return async (
    wiring: Extract<AccessWiring, { type: 'authorizer' }>,
    token: string | undefined,
    methodArn: string,
    invoke: Invoke,
  ): Promise<AuthorizerResult> => {
    if (!token || !new RegExp(`^(?:${wiring.pattern})$`).test(token)) throw new GatewayError('unauthorized')
    for (const [key, { expires }] of known) if (expires <= Date.now()) known.delete(key)
    const key = JSON.stringify([methodArn.split('/')[0], wiring, token])
    const event = { type: 'TOKEN', authorizationToken: token, methodArn } as const
    const result = known.get(key)?.result ?? (await ask(wiring.functionName, event, invoke))
    if (!known.has(key)) known.set(key, { result, expires: Date.now() + wiring.lifetime * 1000 })
    checkPolicy(result, methodArn)
    return result
  }
}

async function ask(functionName: string, event: TokenEvent, invoke: Invoke): Promise<AuthorizerResult> {
  try {
    const { payload, functionError } = await invoke(functionName, event)
    if (!functionError) return v.parse(resultSchema, payload)
    if (JSON.parse(payload).errorMessage === 'Unauthorized') throw new GatewayError('unauthorized')
  } catch (error) {
    if (error instanceof GatewayError) throw error
  }
  throw new GatewayError('authorizerFailed')
}

/** Evaluates a policy as IAM does: an explicit deny wins, no match denies. @throws GatewayError if the call is denied. */
function checkPolicy({ policyDocument }: AuthorizerResult, methodArn: string): void {
  const effects = policyDocument.Statement.filter(
    ({ Action, Resource }) =>
      [Action].flat().some((pattern) => matches(pattern, 'execute-api:Invoke')) &&
      [Resource].flat().some((pattern) => matches(pattern, methodArn)),
  ).map(({ Effect }) => Effect)
  if (effects.includes('Deny')) throw new GatewayError('explicitlyDenied')
  if (!effects.includes('Allow')) throw new GatewayError('notAllowed')
}

/** `*` matches any text, `?` any character. */
function matches(pattern: string, text: string): boolean {
  const source = RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}
