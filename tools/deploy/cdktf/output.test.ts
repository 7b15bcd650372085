import assert from 'node:assert/strict'
import { syncBuiltinESMExports } from 'node:module'
import os, { hostname } from 'node:os'
import { test } from 'node:test'
import { errorsIn, forgottenLock, lastProgress, plain, username } from './output.ts'

test("Terraform's lines lose colours and the name of their stack", () => {
  assert.equal(
    plain('registry  \x1b[1maws_iam_role.role: Creating...\x1b[0m', 'registry'),
    'aws_iam_role.role: Creating...',
  )
  const indented = 'service  Error: no\n\n           with aws_iam_role.role,'
  assert.equal(plain(indented, 'service'), 'Error: no\n\n  with aws_iam_role.role,')
})

test('progress is what happens to a resource, not what is looked at', () => {
  const name = 'aws_lambda_function.notes_function_0C00 (functions/notes/function)'
  assert.equal(
    lastProgress(`${name}: Creating...\n${name}: Refreshing state... [id=notes]\nApply complete!`),
    'aws_lambda_function.notes_function_0C00: Creating...',
  )
  assert.match(lastProgress(`${name}: Creating...\n${name}: Still creating... [30s elapsed]`) ?? '', /Still.*30s/)
  assert.equal(lastProgress('Apply complete! Resources: 0 added'), undefined)
})

test('of a failed run only the errors are told', () => {
  const output = `aws_iam_role.role: Creating...\n${'x: Reading...\n'.repeat(100)}Error: AccessDenied\n\n  with aws_iam_role.role,\n`
  assert.equal(errorsIn(output), 'Error: AccessDenied\n\n  with aws_iam_role.role,')
  assert.equal(errorsIn('one\ntwo'), 'one\ntwo')
})

test("only a lock that this user took on this machine is one's own", (context) => {
  const lock = (who: string) =>
    `Error: Error acquiring the state lock\n\nLock Info:\n  ID:        6a1f\n  Path:      b/k\n  Operation: OperationTypeApply\n  Who:       ${who}\n`
  assert.equal(forgottenLock(lock(`${username()}@${hostname()}`)), '6a1f')
  assert.equal(forgottenLock(lock('somebody@elsewhere')), undefined)
  assert.equal(forgottenLock('Error: AccessDenied'), undefined)
  const nameless = context.mock.method(os, 'userInfo', () => {
    throw new Error('uv_os_get_passwd returned ENOENT')
  })
  syncBuiltinESMExports()
  assert.equal(forgottenLock(lock(`${process.env.USER ?? ''}@${hostname()}`)), '6a1f')
  nameless.mock.restore()
  syncBuiltinESMExports()
})

test('errors that a reader can mend are told with their fix', () => {
  const error = (text: string) => errorsIn(`aws_x.y: Creating...\nError: creating RDS DB Instance (my-lambda): ${text}`)
  assert.match(error('FreeTierRestrictionError: The specified backup retention'), /\n→ .*BACKUP_RETENTION=1/)
  assert.match(error('EntityAlreadyExists: Role with name my_lambda-role already exists.'), /\n→ .*STATE_BUCKET/)
  assert.doesNotMatch(error('AccessDenied'), /→/)
})
