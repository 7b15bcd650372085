import type * as v from 'valibot'
import type { ApiDefinition, RouteDefinition } from './api-definition.ts'

/** Input of a request, and the expected status. */
export interface SmokeRequest {
  readonly path?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly form?: FormData
  /** @default any status in the route's `answers` */
  readonly status?: number
}

type Body<TSchema> = TSchema extends v.GenericSchema ? v.InferInput<TSchema> : undefined
type AnswerBody<TRoute> = TRoute extends RouteDefinition ? Body<TRoute['answers'][keyof TRoute['answers']]> : never

/** Calls a route of a deployed API with authorization. @throws Error if the answer has another status. */
export type Call<TApi extends Pick<ApiDefinition, 'routes'> = ApiDefinition> = <TKey extends keyof TApi['routes']>(
  route: TKey,
  request?: SmokeRequest,
) => Promise<AnswerBody<TApi['routes'][TKey]>>

/**
 * Smoke test of an API: calls in an order that its definition cannot express. Exported as `smoke` by `functions/<api>/smoke.ts`, and run by
 * `make deploy` and `make smoke`. It removes the data that it creates, or replaces it in the next run.
 * @returns a short summary of the checks.
 * @throws Error that describes the failure.
 */
export type SmokeTest<TApi extends Pick<ApiDefinition, 'routes'> = ApiDefinition> = (
  call: Call<TApi>,
) => Promise<string>
