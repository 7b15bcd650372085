import * as v from 'valibot'

/** @throws Error if the charset is unknown, or the bytes are not text in it. */
export const decodeText = (bytes: Uint8Array, charset = 'utf-8'): string =>
  new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes)

/** Characters that `text` refuses, for a character class in a JSON Schema pattern. */
export const REFUSED = '\\u0000-\\u001f\\u007f-\\u009f\\ufffd'

/** Adds the rules of stored text to a string schema: undamaged encoding, and no control characters, which terminals execute. */
export const text = (schema: v.GenericSchema<string, string>) =>
  v.pipe(
    schema,
    // API Gateway replaces each byte that is not UTF-8 with U+FFFD, before it invokes the function.
    v.check(
      (value) => value.isWellFormed() && !value.includes('\ufffd'),
      'must be in UTF-8, without lone surrogates or U+FFFD, the sign of a wrong encoding',
    ),
    v.check((value) => !/\p{Cc}/u.test(value), 'must not contain control characters'),
    v.metadata({ pattern: `^[^${REFUSED}]*$` }),
  )

/** A boolean written as `true` or `false`. */
export const booleanText = v.pipe(
  v.picklist(['true', 'false'], 'must be true or false'),
  v.metadata({ type: 'boolean', enum: undefined }),
  v.transform((value) => value === 'true'),
)

const between = (minimum: number, maximum: number) => `must be an integer from ${minimum} to ${maximum}`

/** A JSON integer. */
export const integer = (minimum: number, maximum: number) => {
  const message = between(minimum, maximum)
  return v.pipe(v.number(message), v.integer(message), v.minValue(minimum, message), v.maxValue(maximum, message))
}

/** An integer written in decimal digits, as environment variables and query parameters carry it. */
export const integerText = (minimum: number, maximum: number) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => /^(0|[1-9]\d{0,15})$/.test(text) && Number(text) >= minimum && Number(text) <= maximum,
      between(minimum, maximum),
    ),
    v.metadata({ type: 'integer', minimum, maximum }),
    v.transform(Number),
  )

/** Adds a description and an example, for the API description and its readers. */
export const described = <const TSchema extends v.GenericSchema>(
  schema: TSchema,
  description: string,
  example: v.InferOutput<TSchema>,
) => v.pipe(schema, v.description(description), v.examples([example]))
