import { creationHeaders, newUser, page, userPath } from '../../functions/rds/api.ts'
import { described, toSchema } from './json-schema.ts'
import type { Description, Example } from './operation.ts'

const TAG = 'users'
const ada = { name: 'Ada Lovelace', age: 36 }
const grace = { name: 'Grace Hopper', age: 85 }
const created = 'User created successfully!'
const requestId = 'bb6fc561-b4b1-41de-b7b3-d7f5a7ea19cd'

const fields = {
  name: {
    description:
      '1 to 255 Unicode code points, at least one of them visible. White space at either end is removed first. Refused are control characters, line separators, bidirectional overrides, lone surrogates, and U+FFFD, which marks text that was damaged on its way.',
    examples: [ada.name],
  },
  age: { description: 'Years.', examples: [ada.age] },
}
const key = { description: 'Given by the database, ascending, never given twice.', examples: [1] }
const foreign = 'Null, or of another range, only where other programs write to the table.'
const idText = { id: { description: 'The user.', examples: [1] } }

const invalid = (...errors: readonly { path: string; message: string }[]) => ({
  status: 422,
  body: {
    message: `Invalid request: ${errors.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
    errors,
    requestId,
  },
})
const noUser: Example = {
  summary: 'There is none',
  path: { id: 404 },
  answer: { status: 404, body: { message: 'There is no user 404', requestId } },
}
const noNumber: Example = {
  summary: 'Not an id',
  path: { id: 'ada' },
  answer: invalid({ path: 'id', message: `must be an integer from 1 to ${Number.MAX_SAFE_INTEGER}` }),
}
const wrongAge = invalid(
  { path: 'name', message: 'is required' },
  { path: 'age', message: 'must be an integer from 0 to 150' },
)

/** The users API. */
export const users: Description = {
  tag: { name: TAG, description: 'Users, in MySQL.' },
  schemas: {
    NewUser: described(toSchema(newUser), fields),
    User: {
      type: 'object',
      required: ['id', 'name', 'age'],
      properties: {
        id: { type: 'integer', minimum: 1, ...key },
        name: { type: ['string', 'null'], description: foreign, examples: [ada.name] },
        age: { type: ['integer', 'null'], description: `Years. ${foreign}`, examples: [ada.age] },
      },
    },
    OneUser: { type: 'object', required: ['user'], properties: { user: { $ref: '#/components/schemas/User' } } },
    CreatedUser: {
      type: 'object',
      required: ['message', 'user'],
      properties: { message: { const: created }, user: { $ref: '#/components/schemas/User' } },
    },
    UserPage: {
      type: 'object',
      required: ['users', 'next'],
      properties: {
        users: {
          type: 'array',
          description: 'By id, ascending.',
          maxItems: 1000,
          items: { $ref: '#/components/schemas/User' },
        },
        next: {
          type: ['string', 'null'],
          pattern: '^[1-9][0-9]*$',
          description: '`after` of the next page; null on the last.',
        },
      },
    },
  },
  operations: {
    'POST /rds': {
      operationId: 'createUser',
      tag: TAG,
      summary: 'Create a user',
      description: [
        'A repeat creates another user, unless it has the `Idempotency-Key` of the first: then it gets the first answer, also',
        'when both come at once. Another body with a known key is a 422.',
      ].join(' '),
      parameters: { header: creationHeaders },
      parameterTexts: {
        'Idempotency-Key': {
          description:
            'Names this creation for 24 hours: 1 to 255 printable ASCII characters, such as a UUID. Each caller has keys of its own; on an open API all share them.',
          examples: ['9b2ed0f2-6a1f-4c1e-9d0e-3b8f6b1c7a55'],
        },
      },
      body: { mediaType: 'application/json', schema: 'NewUser' },
      answer: {
        status: 200,
        description: 'Created. `Location` is its path.',
        schema: 'CreatedUser',
        headers: ['Location'],
        links: {
          user: { operationId: 'getUser', parameters: { id: '$response.body#/user/id' }, description: 'Read it.' },
        },
      },
      errors: [415, 422],
      examples: {
        ada: {
          summary: 'A user',
          json: ada,
          answer: {
            status: 200,
            body: { message: created, user: { id: 1, ...ada } },
            headers: { Location: '/default/rds/1' },
          },
        },
        once: {
          summary: 'Once, however often it is sent',
          headers: { 'Idempotency-Key': '9b2ed0f2-6a1f-4c1e-9d0e-3b8f6b1c7a55' },
          json: grace,
          answer: {
            status: 200,
            body: { message: created, user: { id: 2, ...grace } },
            headers: { Location: '/default/rds/2' },
          },
        },
        invalid: { summary: 'Every problem at once', json: { age: 151 }, answer: wrongAge },
        keyOfAnother: {
          summary: 'The key of another user',
          headers: { 'Idempotency-Key': '9b2ed0f2-6a1f-4c1e-9d0e-3b8f6b1c7a55' },
          json: ada,
          answer: invalid({ path: 'idempotency-key', message: 'was used with another body: send a new one' }),
        },
        noJson: {
          summary: 'Another media type',
          raw: { contentType: 'text/plain', text: 'Ada' },
          answer: { status: 415, body: { message: 'Unsupported media type: send application/json', requestId } },
        },
      },
    },

    'GET /rds': {
      operationId: 'listUsers',
      tag: TAG,
      summary: 'List users, page by page',
      description:
        'Every page costs the same, the last of a million users too: `next` is the id to go on from, and not a number of rows to skip. Users that are created or deleted between two pages shift nothing.',
      parameters: { query: page },
      parameterTexts: {
        limit: { description: 'Most users on a page.', examples: [1] },
        after: { description: 'Only users whose id is greater: `next` of the page before.', examples: [1] },
      },
      answer: { status: 200, description: 'A page.', schema: 'UserPage' },
      errors: [422],
      examples: {
        first: {
          summary: 'The first page',
          query: { limit: 1 },
          answer: { status: 200, body: { users: [{ id: 1, ...ada }], next: '1' } },
        },
        last: {
          summary: 'The last page',
          query: { limit: 1, after: 1 },
          answer: { status: 200, body: { users: [{ id: 2, ...grace }], next: null } },
        },
        tooMany: {
          summary: 'Too long a page',
          query: { limit: 1001 },
          answer: invalid({ path: 'limit', message: 'must be an integer from 1 to 1000' }),
        },
      },
    },

    'GET /rds/{id}': {
      operationId: 'getUser',
      tag: TAG,
      summary: 'Read a user',
      description: 'By the id that its creation gave.',
      parameters: { path: userPath },
      parameterTexts: idText,
      answer: { status: 200, description: 'The user.', schema: 'OneUser' },
      errors: [404, 422],
      examples: {
        ada: { summary: 'A user', path: { id: 1 }, answer: { status: 200, body: { user: { id: 1, ...ada } } } },
        noUser,
        noNumber,
      },
    },

    'PUT /rds/{id}': {
      operationId: 'replaceUser',
      tag: TAG,
      summary: 'Replace a user',
      description: 'Name and age, both. It can be repeated.',
      parameters: { path: userPath },
      parameterTexts: idText,
      body: { mediaType: 'application/json', schema: 'NewUser' },
      answer: { status: 200, description: 'The user as it is now.', schema: 'OneUser' },
      errors: [404, 415, 422],
      examples: {
        older: {
          summary: 'A birthday',
          path: { id: 1 },
          json: { ...ada, age: 37 },
          answer: { status: 200, body: { user: { id: 1, ...ada, age: 37 } } },
        },
        noUser: { ...noUser, json: ada },
        invalid: { summary: 'Every problem at once', path: { id: 1 }, json: { age: 1.5 }, answer: wrongAge },
      },
    },

    'DELETE /rds/{id}': {
      operationId: 'deleteUser',
      tag: TAG,
      summary: 'Delete a user',
      description: 'A repeat is a 404.',
      parameters: { path: userPath },
      parameterTexts: idText,
      answer: { status: 204, description: 'Deleted.' },
      errors: [404, 422],
      examples: {
        grace: { summary: 'A user', path: { id: 2 }, answer: { status: 204 } },
        noUser,
      },
    },
  },
}
