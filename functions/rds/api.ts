import * as v from 'valibot'
import { defineApi } from '../http/api-definition.ts'
import { described, integer, integerText, REFUSED, text } from '../http/text.ts'

const NAME = 'must have 1 to 255 characters'

/** Letters, digits, punctuation and symbols, except invisible ones: fillers, the Braille blank and a few more. */
const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{13441}\u{13442}\u{1d159}]]/v

/** Line separators, and bidirectional overrides, which would reverse a name on screen. */
const BREAKING = '\\u2028\\u2029\\u202d\\u202e'
const BREAKS = new RegExp(`[${BREAKING}]`)

/** Fits `Users.name`, VARCHAR(255) in utf8mb4: MySQL counts code points, too. */
const name = v.pipe(
  text(v.pipe(v.string('must be a string'), v.trim())),
  v.nonEmpty(NAME),
  // Cheap bounds first: a code point is one or two UTF-16 units.
  v.check((value) => value.length <= 255 || (value.length <= 510 && [...value].length <= 255), NAME),
  v.check((value) => VISIBLE.test(value), 'must have a visible character'),
  v.check((value) => !BREAKS.test(value), 'must not contain line separators or bidirectional overrides'),
  v.metadata({
    pattern: `^\\s*[^\\s${REFUSED}${BREAKING}]([^${REFUSED}${BREAKING}]{0,253}[^\\s${REFUSED}${BREAKING}])?\\s*$`,
  }),
  v.description(
    '1 to 255 Unicode code points after trimming white space, at least one of them visible. Control characters, line separators, bidirectional overrides, lone surrogates and U+FFFD are refused.',
  ),
  v.examples(['Ada Lovelace']),
)

const age = described(integer(0, 150), 'Years.', 36)

export const newUser = v.pipe(v.object({ name, age }, 'must be a JSON object with name and age'), v.title('NewUser'))

/** Header `Idempotency-Key` of `POST /rds` (draft-ietf-httpapi-idempotency-key-header). */
export const creationHeaders = v.object({
  'idempotency-key': v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\x20-\x7e]{1,255}$/, 'must have 1 to 255 printable ASCII characters'),
      v.description(
        'Key of this creation for 24 hours, e.g. a UUID. Each caller has its own keys; callers of an open API share theirs.',
      ),
    ),
  ),
})

/** `/rds/{id}` */
export const userPath = v.object({
  id: described(integerText(1, Number.MAX_SAFE_INTEGER), 'Id of the user.', 1),
})

/** `/rds?limit=&after=` */
export const page = v.object({
  limit: v.optional(described(integerText(1, 1000), 'Maximum number of users on a page.', 20), '100'),
  after: v.optional(
    v.pipe(
      integerText(0, Number.MAX_SAFE_INTEGER),
      // A string, like `next`: an opaque cursor for clients.
      v.metadata({ type: 'string', pattern: '^(0|[1-9]\\d{0,15})$', minimum: undefined, maximum: undefined }),
      v.description('Cursor: `next` of the previous page. Lists users with a greater id. At most 9007199254740991.'),
      v.examples([20]),
    ),
    '0',
  ),
})

export type NewUser = v.InferOutput<typeof newUser>
export type Page = v.InferOutput<typeof page>

/** A stored row: other programs may have stored NULL for a name or an age. */
const user = v.pipe(
  v.object({
    id: described(integer(1, Number.MAX_SAFE_INTEGER), 'Ascending, and never reused.', 1),
    name: described(v.nullable(v.string()), 'Null only if another program stored it.', 'Ada Lovelace'),
    age: described(
      v.nullable(v.pipe(v.number(), v.integer())),
      'Years. Null or outside of 0 to 150 only if another program stored it.',
      36,
    ),
  }),
  v.title('User'),
)
export type User = Readonly<v.InferOutput<typeof user>>

const oneUser = v.pipe(v.object({ user }), v.title('OneUser'))

const userPage = v.pipe(
  v.object({
    users: v.pipe(v.array(user), v.maxLength(1000), v.description('Sorted by id, ascending.')),
    next: described(v.nullable(v.string()), 'Value of `after` for the next page; null on the last page.', '20'),
  }),
  v.title('UserPage'),
)

const createdUser = v.pipe(v.object({ message: v.literal('User created successfully!'), user }), v.title('CreatedUser'))

/** The users API. */
export const api = defineApi({
  title: 'Users',
  description: 'Users in MySQL.',
  routes: {
    'GET /rds': {
      operationId: 'listUsers',
      summary: 'List users, page by page',
      description:
        'Keyset pagination: every page costs the same, even the last of a million users. `next` is the id to continue from, so users created or deleted between two requests do not shift pages.',
      query: page,
      answers: { 200: userPage },
      list: { items: 'users', next: 'next', after: 'after' },
    },
    'POST /rds': {
      operationId: 'createUser',
      summary: 'Create a user',
      description:
        'A repeated request creates another user, unless it has the `Idempotency-Key` of the first. It then gets the first answer, even if both are concurrent. A known key with another body is a 422.',
      headers: creationHeaders,
      body: { json: newUser },
      answers: { 200: createdUser },
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
      description: 'Replaces both name and age. Idempotent.',
      path: userPath,
      body: { json: newUser },
      answers: { 200: oneUser },
      errors: [404],
    },
    'DELETE /rds/{id}': {
      operationId: 'deleteUser',
      summary: 'Delete a user',
      description: 'A repeated request is a 404.',
      path: userPath,
      answers: { 204: null },
      errors: [404],
    },
  },
})
