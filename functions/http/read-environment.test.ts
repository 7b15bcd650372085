import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { commonEnvironment, readEnvironment } from './read-environment.ts'
import { integerText } from './text.ts'

const schema = v.object({ SECRET: v.string(), NUMBER: integerText(1, 10), ...commonEnvironment })

test('absent or empty variables get their defaults', () => {
  const read = { SECRET: 's', NUMBER: 10, CORS_ORIGIN: '*', LOG_LEVEL: 'info' }
  assert.deepEqual(readEnvironment(schema, { SECRET: 's', NUMBER: '10', LOG_LEVEL: '' }), read)
  assert.throws(() => readEnvironment(schema, { SECRET: '', NUMBER: '' }), /SECRET is missing; NUMBER is missing\./)
})

test('reports all problems at once, by variable name and without values', () => {
  const variables = { NUMBER: '11', CORS_ORIGIN: 'hunter2', LOG_LEVEL: 'loud' }
  assert.throws(() => readEnvironment(schema, variables), {
    message:
      'Wrong environment: SECRET is missing; NUMBER must be an integer from 1 to 10; ' +
      'CORS_ORIGIN must be * or one origin as browsers send it, e.g. https://example.com; LOG_LEVEL must be debug, info, warn or error. ' +
      'Set these variables of the function; `make dev` and `make deploy` take settings from .env and the environment.',
  })
})

test('CORS_ORIGIN is any origin, or one in the form that browsers send', () => {
  const is = (CORS_ORIGIN: string) => v.is(v.object(commonEnvironment), { CORS_ORIGIN })
  const sites = ['http://localhost:5173', 'http://[::1]:3000', 'https://xn--9n2bp8q.example', 'https://a_b.example']
  for (const origin of ['*', ...sites, 'capacitor://localhost', 'safari-web-extension://0A1B2C3D-0000-4000'])
    assert.ok(is(origin), origin)
  const misspelt = ['https://App.Example', 'https://a.example:443', 'HTTP://a', 'https://앱.example', 'http://127.1']
  const more = ['https://a.example/', 'https://u:p@a.example', 'https://a.example/path', 'capacitor://localhost/']
  const nowhere = ['example.com', 'localhost:3000', 'https://', 'null', 'file://', 'data:text/plain,x', "https://a'b"]
  const several = ['https://*.example.com', 'https://a.example, https://b.example', 'https://a\r\nX: y']
  for (const text of [...misspelt, ...more, ...nowhere, ...several]) assert.ok(!is(text), text)
})

test('parses integers exactly and refuses any other text', () => {
  const integer = integerText(0, Number.MAX_SAFE_INTEGER)
  for (const value of [0, 7, 1000, Number.MAX_SAFE_INTEGER]) assert.equal(v.parse(integer, String(value)), value)
  const wrong = ['', ' 1', '1 ', '01', '+1', '-1', '1.0', '1e3', '0x1', '1_000', '１', '1\n', '9'.repeat(400)]
  for (const text of [...wrong, '9007199254740992']) assert.equal(v.is(integer, text), false, text)
})
