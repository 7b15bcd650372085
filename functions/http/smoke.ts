import type * as v from 'valibot'
import type { ApiDefinition, RouteDefinition } from './api-definition.ts'

/** Values of a request, beside its route. */
export interface SmokeRequest {
  readonly path?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly form?: FormData
  /** @default any status that the route's definition answers with */
  readonly status?: number
}

type Body<TSchema> = TSchema extends v.GenericSchema ? v.InferInput<TSchema> : undefined
type AnswerBody<TRoute> = TRoute extends RouteDefinition ? Body<TRoute['answers'][keyof TRoute['answers']]> : never

/** Calls a route of a deployed API as one who may. @throws Error where the answer has another status. */
export type Call<TApi extends Pick<ApiDefinition, 'routes'> = ApiDefinition> = <TKey extends keyof TApi['routes']>(
  route: TKey,
  request?: SmokeRequest,
) => Promise<AnswerBody<TApi['routes'][TKey]>>

/**
 * What an API's definition cannot tell a smoke test: which calls to make in which order. Exported as `smoke` by `functions/<api>/smoke.ts`,
 * and run by `make deploy` and `make smoke`. What it creates it removes, or replaces the next time.
 * @returns what it has seen, in a few words.
 * @throws Error with what is wrong.
 */
export type SmokeTest<TApi extends Pick<ApiDefinition, 'routes'> = ApiDefinition> = (
  call: Call<TApi>,
) => Promise<string>
