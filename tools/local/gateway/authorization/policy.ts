import * as v from 'valibot'
import type { GatewayError } from '../gateway-response.ts'

const texts = v.union([v.string(), v.array(v.string())])

/** A Lambda authorizer's answer; another one is a failure of the authorizer. */
export const authorizerResult = v.pipe(
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

export type AuthorizerResult = v.InferOutput<typeof authorizerResult>

/** Why a policy refuses a call, if it does: as in IAM, a denial outweighs any permission, and silence denies. */
export function refusal({ policyDocument }: AuthorizerResult, methodArn: string): GatewayError | undefined {
  const effects = policyDocument.Statement.filter(
    ({ Action, Resource }) =>
      [Action].flat().some((pattern) => matches(pattern, 'execute-api:Invoke')) &&
      [Resource].flat().some((pattern) => matches(pattern, methodArn)),
  ).map(({ Effect }) => Effect)
  if (effects.includes('Deny')) return 'explicitlyDenied'
  return effects.includes('Allow') ? undefined : 'notAllowed'
}

/** `*` stands for any text, `?` for any character. */
function matches(pattern: string, text: string): boolean {
  const source = RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}
