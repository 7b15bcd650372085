import * as v from 'valibot'
import type { InvocationResult } from '../../lambda/environment.ts'
import type { AccessWiring } from '../../wiring/methods.ts'
import type { GatewayError } from '../gateway-response.ts'
import { type AuthorizerResult, authorizerResult, refusal } from './policy.ts'

/** The event of a Lambda authorizer of type TOKEN. */
export interface TokenEvent {
  readonly type: 'TOKEN'
  readonly authorizationToken: string
  readonly methodArn: string
}

export type Invoke = (functionName: string, event: TokenEvent) => Promise<InvocationResult>

/** Answers of Lambda authorizers, kept for the same API and token as API Gateway keeps them. */
export type KnownTokens = Map<string, { readonly result: AuthorizerResult; readonly expires: number }>

/** Asks a Lambda authorizer of type TOKEN, unless its answer is known. */
export async function askAuthorizer(
  wiring: Extract<AccessWiring, { type: 'authorizer' }>,
  token: string | undefined,
  methodArn: string,
  invoke: Invoke,
  known: KnownTokens,
): Promise<AuthorizerResult | GatewayError> {
  if (!token || !new RegExp(`^(?:${wiring.pattern})$`).test(token)) return 'unauthorized'
  const [api] = methodArn.split('/')
  const key = JSON.stringify([api, wiring, token])
  const kept = known.get(key)
  if (kept && kept.expires > Date.now()) return refusal(kept.result, methodArn) ?? kept.result
  const result = await call(wiring.functionName, { type: 'TOKEN', authorizationToken: token, methodArn }, invoke)
  if (typeof result === 'string') return result
  known.set(key, { result, expires: Date.now() + wiring.lifetime * 1000 })
  return refusal(result, methodArn) ?? result
}

async function call(functionName: string, event: TokenEvent, invoke: Invoke): Promise<AuthorizerResult | GatewayError> {
  try {
    const { payload, functionError } = await invoke(functionName, event)
    if (functionError) return JSON.parse(payload).errorMessage === 'Unauthorized' ? 'unauthorized' : 'authorizerFailed'
    return v.parse(authorizerResult, payload)
  } catch {
    return 'authorizerFailed'
  }
}
