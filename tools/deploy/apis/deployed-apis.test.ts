import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainProblem, givenUrls } from './deployed-apis.ts'

test('takes the URL of an API from the environment, if valid', () => {
  const env = { ITEMS_URL: 'http://localhost:3000/default/', MY_FILES_URL: '' }
  const items = 'http://localhost:3000/default'
  assert.deepEqual(givenUrls(['items', 'my-files'], env), { items })
  const API = 'https://example.com'
  assert.deepEqual(givenUrls(['items', 'my-files'], { ...env, API }), { items, 'my-files': API })
  assert.throws(() => givenUrls(['items'], { API: 'localhost:80' }), /^Error: localhost:80 is not a URL for the API/)
})

test('reports a domain that does not resolve to its target; APIs without one pass', async () => {
  const at = (host: string) => ({ notes: `https://${host}/notes` })
  const nowhere = await domainProblem(at('nowhere.invalid'), 'localhost')
  assert.match(nowhere ?? '', /nowhere\.invalid does not resolve to localhost/)
  assert.equal(await domainProblem(at('localhost'), 'localhost'), undefined)
  assert.equal(await domainProblem(at('abc.execute-api.ap-northeast-2.amazonaws.com'), undefined), undefined)
})
