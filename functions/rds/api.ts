import * as v from 'valibot'
import { defineApi } from '../http/api.ts'
import { integerText } from '../http/environment.ts'
import { text } from '../http/text.ts'

const AGE = 'must be an integer from 0 to 150'
const NAME = 'must have 1 to 255 characters'

/** Letters, digits, punctuation and symbols, except those drawn as nothing: fillers, the Braille blank and a few more. */
const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{13441}\u{13442}\u{1d159}]]/v

/** What `Users.name` holds, VARCHAR(255) in utf8mb4: MySQL counts code points, as this does. */
const name = v.pipe(
  text(v.pipe(v.string('must be a string'), v.trim())),
  // The cheap bound first: a code point is at most two UTF-16 units.
  v.check((value) => value.length > 0 && value.length <= 510 && [...value].length <= 255, NAME),
  v.check((value) => VISIBLE.test(value), 'must have a visible character'),
  v.check(
    (value) => !/[\u2028\u2029\u202d\u202e]/.test(value),
    'must not contain line separators or bidirectional overrides',
  ),
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

/** A row as it is: one that others stored may have NULL for a name or an age. */
const user = v.object({
  id: v.pipe(v.number(), v.integer(), v.minValue(1)),
  name: v.nullable(v.string()),
  age: v.nullable(v.pipe(v.number(), v.integer())),
})
export type User = Readonly<v.InferOutput<typeof user>>

const oneUser = v.object({ user })

/** The users API. */
export const api = defineApi({
  title: 'Users',
  description: 'Users, in MySQL.',
  routes: {
    'GET /rds': {
      operationId: 'listUsers',
      summary: 'List users, page by page',
      description:
        'Every page costs the same, the last of a million users too: `next` is the id to go on from, not a number of rows to skip. Users that are created or deleted between two pages shift nothing.',
      query: page,
      answers: { 200: v.object({ users: v.array(user), next: v.nullable(v.string()) }) },
      list: { items: 'users', next: 'next', after: 'after' },
    },
    'POST /rds': {
      operationId: 'createUser',
      summary: 'Create a user',
      description:
        'A repeat creates another user, unless it has the `Idempotency-Key` of the first: then it gets the first answer, also when both come at once. Another body with a known key is a 422.',
      headers: creationHeaders,
      body: { json: newUser },
      answers: { 200: v.object({ message: v.literal('User created successfully!'), user }) },
      answerHeaders: ['Location'],
    },
    'GET /rds/{id}': {
      operationId: 'getUser',
      summary: 'Read a user',
      path: userPath,
      answers: { 200: oneUser },
      errors: [404],
    },
    'PUT /rds/{id}': {
      operationId: 'replaceUser',
      summary: 'Replace a user',
      description: 'Name and age, both. It can be repeated.',
      path: userPath,
      body: { json: newUser },
      answers: { 200: oneUser },
      errors: [404],
    },
    'DELETE /rds/{id}': {
      operationId: 'deleteUser',
      summary: 'Delete a user',
      description: 'A repeat is a 404.',
      path: userPath,
      answers: { 204: null },
      errors: [404],
    },
  },
})
