import { Token } from 'cdktf'

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const reserved =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|LAMBDA_\w+|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/

/** Bytes of all names and values together, as JSON. */
const LIMIT = 4096

/** Bytes allowed for a value that is known only in AWS: none of those in use (host, ARN, bucket, password) is longer. */
const UNKNOWN = 256

const size = (text: string): number => Buffer.byteLength(JSON.stringify(text))
const sizeOfValue = (value: string): number => (Token.isUnresolved(value) ? UNKNOWN : size(value))

/** What Lambda would refuse in a function's environment, and what to do. */
export function environmentProblems(name: string, variables: Readonly<Record<string, string>>): string[] {
  const keys = Object.keys(variables)
  const problems = keys
    .filter((key) => reserved.test(key) || !/^[a-z]\w+$/i.test(key))
    .map((key) => `function ${name}: Lambda does not take an environment variable ${key}: give it another name`)
  const bytes = Object.entries(variables).map(([key, value]) => [key, size(key) + sizeOfValue(value) + 2] as const)
  const total = bytes.reduce((sum, [, each]) => sum + each, 0)
  if (total > LIMIT) {
    const [longest] = bytes.toSorted(([, a], [, b]) => b - a)
    problems.push(
      `function ${name}: its environment has ${total} bytes, and Lambda takes ${LIMIT}: shorten ${longest?.[0]}, the longest`,
    )
  }
  return problems
}
