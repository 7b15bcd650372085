/** What a Lambda authorizer answers. */
export interface AuthorizerResult {
  readonly principalId: string
  readonly policyDocument: { readonly Statement: readonly Statement[] }
  readonly context?: Readonly<Record<string, string | number | boolean>>
}

interface Statement {
  readonly Action: string | readonly string[]
  readonly Effect: 'Allow' | 'Deny'
  readonly Resource: string | readonly string[]
}

/** What the policy says of calling a method: as in IAM a no counts more than any yes, and nothing is no. */
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

/** `undefined` where API Gateway would take it for a failure of the authorizer. */
export function parseAuthorizerResult(payload: string): AuthorizerResult | undefined {
  const result: unknown = JSON.parse(payload)
  if (typeof result !== 'object' || result === null) return undefined
  const { principalId, policyDocument, context } = result as Partial<AuthorizerResult>
  const statements: unknown = policyDocument?.Statement
  const scalars = Object.values(context ?? {}).every((value) => /^(string|number|boolean)$/.test(typeof value))
  const valid = typeof principalId === 'string' && Array.isArray(statements) && statements.every(isStatement) && scalars
  return valid ? (result as AuthorizerResult) : undefined
}

const isStatement = (value: unknown): boolean => {
  const { Action, Effect, Resource } = Object(value)
  const isText = (text: unknown) => [text].flat().every((each) => typeof each === 'string')
  return isText(Action) && isText(Resource) && (Effect === 'Allow' || Effect === 'Deny')
}

/** `*` stands for any text, `?` for any character. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}
