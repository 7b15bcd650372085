import * as v from 'valibot'

/** Path and message of everything that is wrong with a value by its schema. */
export const problems = (schema: v.GenericSchema, value: unknown) =>
  (v.safeParse(schema, value, { abortPipeEarly: true }).issues ?? []).map((each) => [v.getDotPath(each), each.message])
