import { Token } from 'cdktf'
import * as v from 'valibot'
import { plainMessage } from '../../functions/http/plain-message.ts'
import type { ServiceStack } from '../service-stack.ts'
import { isSecret, type Problems, textOf } from '../settings/rules.ts'
import type { Settings } from '../settings.ts'

type EnvironmentSchema = v.GenericSchema<Readonly<Record<string, string | undefined>>, unknown>

/** Values of variables without a setting of the same name. */
type Values<TSchema extends EnvironmentSchema> = Omit<v.InferInput<TSchema>, keyof Settings> &
  Partial<v.InferInput<TSchema>>

/** A function's environment: its schema, and values that do not come from settings. */
export interface EnvironmentDefinition {
  readonly schema: EnvironmentSchema
  readonly values: Readonly<Record<string, string | undefined>>
}

/**
 * Defines a function's environment by its schema. A variable has the value given here, or that of the setting of the same name;
 * a required variable without either does not compile. `undefined` leaves a variable out.
 */
export const environmentOf = <TSchema extends EnvironmentSchema>(
  schema: TSchema,
  ...[values = {} as Values<TSchema>]: Record<never, never> extends Values<TSchema>
    ? [values?: Values<TSchema>]
    : [values: Values<TSchema>]
): EnvironmentDefinition => ({ schema, values })

/** Returns a function's variables. Reports values that the function would refuse at its start as problems of the settings. */
export function variablesOf(
  { schema, values }: EnvironmentDefinition,
  service: ServiceStack,
): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {}
  for (const [name, entry] of Object.entries(entriesOf(schema))) {
    const setting = textOf((service.settings as Record<string, unknown>)[name])
    const isMissing = setting === undefined && !v.is(entry, undefined)
    const isAsked = isMissing || (setting !== undefined && isSecret(name))
    const value = name in values ? values[name] : isAsked ? service.ask(name) : setting
    if (value !== undefined) variables[name] = value
  }
  for (const issue of v.safeParse(schema, variables, { message: plainMessage }).issues ?? []) {
    // The issue of a check across variables has no path; its message begins with a variable's name.
    const name = v.getDotPath(issue) ?? issue.message.split(' ', 1).join()
    if (!Token.isUnresolved(variables[name]))
      service.problems.add(name, issue.message.replace(`${name} `, ''), variables[name])
  }
  return variables
}

/** Variables of a schema, also inside a pipe that checks them together. */
function entriesOf(schema: v.GenericSchema): Readonly<Record<string, v.GenericSchema>> {
  const { entries, pipe } = schema as { entries?: Record<string, v.GenericSchema>; pipe?: readonly v.GenericSchema[] }
  return entries ?? (pipe?.[0] ? entriesOf(pipe[0]) : {})
}

/** Maximum bytes of all names and values, as JSON. */
const LIMIT = 4096
const LONG = '0'.repeat(256)
/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED =
  /^(_\w+|AWS_((DEFAULT_)?REGION|EXECUTION_ENV|LAMBDA_(?!EXEC_WRAPPER$)\w+|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/

/** Reports variables that Lambda would refuse. */
export function checkLimits(name: string, variables: Readonly<Record<string, string>>, problems: Problems): void {
  for (const variable of Object.keys(variables).filter((each) => RESERVED.test(each)))
    problems.add(variable, `is a name that Lambda reserves: rename the variable of the function ${name}`)
  // A value unknown before the apply (host, ARN, bucket, password) counts as longer than any in use.
  const counted = Object.entries(variables).map(([key, value]) => [key, Token.isUnresolved(value) ? LONG : value])
  const size = Buffer.byteLength(JSON.stringify(Object.fromEntries(counted)))
  const [longest = ''] = counted.toSorted(([, a = ''], [, b = '']) => b.length - a.length)[0] ?? []
  const advice = `must be shorter: the function ${name} has ${size} bytes of variables, and Lambda allows ${LIMIT}`
  if (size > LIMIT) problems.add(longest, advice)
}
