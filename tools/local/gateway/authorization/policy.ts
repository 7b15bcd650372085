import * as v from 'valibot'

const texts = v.union([v.string(), v.array(v.string())])

const resultSchema = v.object({
  principalId: v.string(),
  policyDocument: v.object({
    Statement: v.array(v.object({ Action: texts, Effect: v.picklist(['Allow', 'Deny']), Resource: texts })),
  }),
  context: v.nullish(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
})

/** What a Lambda authorizer answers. */
export type AuthorizerResult = v.InferOutput<typeof resultSchema>

/** `undefined` where API Gateway would take it for a failure of the authorizer. */
export function parseAuthorizerResult(payload: string): AuthorizerResult | undefined {
  const { success, output } = v.safeParse(resultSchema, JSON.parse(payload))
  return success ? output : undefined
}

/** The effect of a policy on a call: as in IAM, a denial outweighs any permission, and silence denies. */
export function decide(
  { policyDocument }: AuthorizerResult,
  methodArn: string,
): 'allowed' | 'explicitly denied' | 'not allowed' {
  const effects = policyDocument.Statement.filter(
    ({ Action, Resource }) =>
      [Action].flat().some((pattern) => matches(pattern, 'execute-api:Invoke')) &&
      [Resource].flat().some((pattern) => matches(pattern, methodArn)),
  ).map(({ Effect }) => Effect)
  if (effects.includes('Deny')) return 'explicitly denied'
  return effects.includes('Allow') ? 'allowed' : 'not allowed'
}

/** `*` stands for any text, `?` for any character. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}
