import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainProblem } from './domain.ts'

const at = (host: string) => ({ rds: `https://${host}/users/rds`, s3: `https://${host}/files/s3` })

test('a domain that leads elsewhere, or nowhere, is not tried, and what to do is said; APIs without one are', async () => {
  const outputs = { domain_target: 'localhost' }
  assert.match(
    (await domainProblem(at('nowhere.invalid'), outputs)) ?? '',
    /nowhere\.invalid does not lead to localhost/,
  )
  assert.equal(await domainProblem(at('localhost'), outputs), undefined)
  assert.equal(await domainProblem(at('abc.execute-api.ap-northeast-2.amazonaws.com'), {}), undefined)
})
