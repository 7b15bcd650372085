import assert from 'node:assert/strict'
import { test } from 'node:test'
import { synthRegistry } from '../test/helpers/stack.ts'

test('the repository is scanned on push and encrypted, and its tags can be pushed again', () => {
  const { image_tag_mutability, image_scanning_configuration, encryption_configuration, force_delete } =
    synthRegistry().one('ecr_repository')
  assert.equal(image_tag_mutability, 'MUTABLE')
  assert.deepEqual(image_scanning_configuration, { scan_on_push: true })
  assert.deepEqual(encryption_configuration, [{ encryption_type: 'AES256' }])
  assert.equal(force_delete, false)
})

interface Rule {
  readonly rulePriority: number
  readonly selection: {
    readonly tagPatternList?: readonly string[]
    readonly countType: string
    readonly countNumber: number
  }
}

test('what runs, or is the newest, never expires; of what was live before a hundred are kept', () => {
  const { rules } = JSON.parse(String(synthRegistry().one('ecr_lifecycle_policy').policy)) as { rules: Rule[] }
  for (const { selection } of rules) assert.equal(selection.countType, 'imageCountMoreThan')
  const priorityOf = (pattern: string | undefined) =>
    Number(rules.find(({ selection }) => selection.tagPatternList?.[0] === pattern)?.rulePriority)
  for (const image of ['rds', 's3']) {
    // Selected first, an image is safe from whatever comes after.
    for (const tag of [image, `${image}-live`]) {
      assert.ok(priorityOf(tag) < priorityOf(`${image}-release-*`))
      assert.ok(priorityOf(tag) < priorityOf(undefined))
    }
  }
  for (const { selection } of rules) assert.ok(selection.countNumber >= 100)
})

test('Lambda may pull for functions of this account and region, and do no more', () => {
  const { Statement } = JSON.parse(String(synthRegistry().one('ecr_repository_policy').policy))
  assert.equal(Statement.length, 1)
  assert.deepEqual(Statement[0].Action, ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'])
  assert.match(
    Statement[0].Condition.StringLike['aws:sourceArn'],
    /^arn:aws:lambda:ap-northeast-2:\$\{data\.aws_caller_identity\.\w+\.account_id\}:function:\*$/,
  )
})

test('DELETION_PROTECTION=false lets a repository with images go', () => {
  assert.equal(synthRegistry({ DELETION_PROTECTION: 'false' }).one('ecr_repository').force_delete, true)
})
