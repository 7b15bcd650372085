import * as v from 'valibot'
import { integerText } from '../http/environment.ts'

const AGE = 'must be an integer from 0 to 150'
const NAME = 'must have 1 to 255 characters'

/** What `users.name` holds, VARCHAR(255) in utf8mb4: MySQL counts code points, as this does. */
const name = v.pipe(
  v.string('must be a string'),
  v.check((text) => text.isWellFormed(), 'must be valid Unicode, without lone surrogates'),
  v.trim(),
  // The cheap bound first: a code point is at most two UTF-16 units.
  v.check((text) => text.length > 0 && text.length <= 510 && [...text].length <= 255, NAME),
)

const age = v.pipe(v.number(AGE), v.integer(AGE), v.minValue(0, AGE), v.maxValue(150, AGE))

export const newUser = v.object({ name, age }, 'must be a JSON object with name and age')

/** Header `Idempotency-Key` of `POST /rds` (draft-ietf-httpapi-idempotency-key-header). */
export const creationHeaders = v.object({
  'idempotency-key': v.optional(
    v.pipe(v.string(), v.regex(/^[\x20-\x7e]{1,255}$/, 'must have 1 to 255 printable ASCII characters')),
  ),
})

/** `/rds/{id}` */
export const userPath = v.object({ id: integerText(1, Number.MAX_SAFE_INTEGER) })

/** `/rds?limit=&after=` */
export const page = v.object({
  limit: v.optional(integerText(1, 1000), '100'),
  after: v.optional(integerText(0, Number.MAX_SAFE_INTEGER), '0'),
})

export type NewUser = v.InferOutput<typeof newUser>
export type Page = v.InferOutput<typeof page>
export interface User extends NewUser {
  readonly id: number
}
