import { Token } from 'cdktf'
import * as v from 'valibot'
import { plainMessage } from '../../functions/http/plain-message.ts'
import { isSecret, problem, textOf } from '../settings/rules.ts'
import type { Settings } from '../settings.ts'

type EnvironmentSchema = v.GenericSchema<Readonly<Record<string, string | undefined>>, unknown>

/** Values that no setting of the same name has. */
type Values<TSchema extends EnvironmentSchema> = Omit<v.InferInput<TSchema>, keyof Settings> &
  Partial<v.InferInput<TSchema>>

/** A function's environment: its schema, and the values that are no settings. */
export interface EnvironmentDefinition {
  readonly schema: EnvironmentSchema
  readonly values: Readonly<Record<string, string | undefined>>
}

/**
 * Defines a function's environment by its schema. A variable has the value given here, or else that of the setting of the same name;
 * a required one that is neither does not compile. `undefined` leaves a variable out.
 */
export const environmentOf = <TSchema extends EnvironmentSchema>(
  schema: TSchema,
  ...[values = {} as Values<TSchema>]: Record<never, never> extends Values<TSchema>
    ? [values?: Values<TSchema>]
    : [values: Values<TSchema>]
): EnvironmentDefinition => ({ schema, values })

/** @param ask makes the Terraform variable by which a value comes in that the synthesis does not know. */
export function variablesOf(
  { schema, values }: EnvironmentDefinition,
  settings: Settings,
  ask: (name: string) => string,
): Record<string, string> {
  const textFor = (name: string, entry: v.GenericSchema): string | undefined => {
    if (name in values) return values[name]
    const text = textOf((settings as Record<string, unknown>)[name])
    if (text !== undefined && !isSecret(name)) return text
    return text !== undefined || !v.is(entry, undefined) ? ask(name) : undefined
  }
  const all = Object.entries(entriesOf(schema)).map(([name, entry]) => [name, textFor(name, entry)] as const)
  return Object.fromEntries(all.filter((each): each is [string, string] => each[1] !== undefined))
}

/** The variables of a schema, also of one that checks them together. */
function entriesOf(schema: v.GenericSchema): Readonly<Record<string, v.GenericSchema>> {
  const { entries, pipe } = schema as { entries?: Record<string, v.GenericSchema>; pipe?: readonly v.GenericSchema[] }
  return entries ?? (pipe?.[0] ? entriesOf(pipe[0]) : {})
}

/** What the function would refuse at its start. */
export const schemaProblems = (
  { schema }: EnvironmentDefinition,
  variables: Readonly<Record<string, string>>,
): string[] =>
  (v.safeParse(schema, variables, { message: plainMessage }).issues ?? []).flatMap((issue) => {
    // A check of several variables has no path, and begins with the name of one.
    const variable = v.getDotPath(issue) ?? issue.message.split(' ', 1).join()
    const value = variables[variable]
    if (Token.isUnresolved(value)) return []
    return [problem(variable, value, issue.message.replace(`${variable} `, ''))]
  })

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
export function limitProblems(name: string, variables: Readonly<Record<string, string>>): string[] {
  const problems = Object.keys(variables)
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
