import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorsIn, lastProgress, plain } from './output.ts'

test("removes colours and stack names from Terraform's lines", () => {
  const lines = 'service  \x1b[1mError: no\x1b[0m\n\n           with aws_iam_role.role,'
  assert.equal(plain(lines, 'service'), 'Error: no\n\n  with aws_iam_role.role,')
})

test('shows changes of resources as progress, not reads', () => {
  const name = 'aws_lambda_function.notes_0C00 (functions/notes/function)'
  const progress = lastProgress(`${name}: Creating...\n${name}: Refreshing state... [id=notes]\nApply complete!`)
  assert.equal(progress, 'aws_lambda_function.notes_0C00: Creating...')
  assert.match(lastProgress(`${name}: Creating...\n${name}: Still creating... [30s elapsed]`) ?? '', /Still.*30s/)
  assert.equal(lastProgress('Apply complete! Resources: 0 added'), undefined)
})

test('reports only the errors of a failed run, with a fix if known', () => {
  const errors = (text: string) => errorsIn(`aws_iam_role.role: Creating...\n${'x: Reading...\n'.repeat(100)}${text}`)
  assert.equal(errorsIn('one\ntwo'), 'one\ntwo')
  for (const [text, told] of [
    ['Error: AccessDenied\n\n  with aws_x.y,\n', /^Error: AccessDenied\n\n {2}with aws_x\.y,$/],
    ['Error: FreeTierRestrictionError: The specified backup retention', /\n→ .*BACKUP_RETENTION=1/],
    ['Error: EntityAlreadyExists: Role my_lambda-role already exists.', /\n→ .*STATE_BUCKET/],
    ['Error: execution halted\n\n'.repeat(9), /^Error: execution halted\n→ Interrupted: .* in its state$/],
    ['Error: Error acquiring the state lock\n\n ID: 6a1f', /\n→ .*force-unlock/],
  ] as const)
    assert.match(errors(text), told)
})
