import * as v from 'valibot'

/** Path and message of each schema violation of a value. */
export const problems = (schema: v.GenericSchema, value: unknown) =>
  (v.safeParse(schema, value, { abortPipeEarly: true }).issues ?? []).map((each) => [v.getDotPath(each), each.message])
