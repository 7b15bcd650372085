import type { InvocationResult } from '../../lambda/invocation.ts'
import type { AccessWiring } from '../../wiring/access.ts'
import type { GatewayError } from '../gateway-response.ts'
import { type AuthorizerResult, parseAuthorizerResult, refusal } from './policy.ts'

type AuthorizerWiring = Extract<AccessWiring, { type: 'authorizer' }>

/** The event of a Lambda authorizer of type TOKEN. */
export interface TokenEvent {
  readonly type: 'TOKEN'
  readonly authorizationToken: string
  readonly methodArn: string
}

type Invoke = (functionName: string, event: TokenEvent) => Promise<InvocationResult>

/** Tokens whose results are kept; the oldest goes first. */
const MOST_RESULTS = 1000

/** Lambda authorizers of type TOKEN, with their answers, which are kept for the same token as API Gateway keeps them. */
export class Authorizers {
  readonly #results = new Map<string, { readonly result: AuthorizerResult; readonly expires: number }>()

  /** @param api whose authorizer it is: another API's has answers of its own. */
  async ask(
    api: string,
    wiring: AuthorizerWiring,
    token: string | undefined,
    methodArn: string,
    invoke: Invoke,
  ): Promise<AuthorizerResult | GatewayError> {
    if (!token || !new RegExp(`^(?:${wiring.pattern})$`).test(token)) return 'unauthorized'
    const key = JSON.stringify([api, wiring, token])
    const kept = this.#results.get(key)
    const isFresh = kept !== undefined && kept.expires > Date.now()
    const result = isFresh ? kept.result : await call(wiring, token, methodArn, invoke)
    if (typeof result === 'string') return result
    if (!isFresh && wiring.lifetime > 0) this.#keep(key, result, wiring.lifetime)
    return refusal(result, methodArn) ?? result
  }

  #keep(key: string, result: AuthorizerResult, lifetime: number): void {
    this.#results.delete(key)
    this.#results.set(key, { result, expires: Date.now() + lifetime * 1000 })
    const [oldest = ''] = this.#results.keys()
    if (this.#results.size > MOST_RESULTS) this.#results.delete(oldest)
  }
}

async function call(
  { functionName }: AuthorizerWiring,
  authorizationToken: string,
  methodArn: string,
  invoke: Invoke,
): Promise<AuthorizerResult | GatewayError> {
  try {
    const { payload, functionError } = await invoke(functionName, { type: 'TOKEN', authorizationToken, methodArn })
    if (functionError === undefined) return parseAuthorizerResult(payload) ?? 'authorizerFailed'
    return JSON.parse(payload).errorMessage === 'Unauthorized' ? 'unauthorized' : 'authorizerFailed'
  } catch {
    return 'authorizerFailed'
  }
}
