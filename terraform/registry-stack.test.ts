import assert from 'node:assert/strict'
import { test } from 'node:test'
import { synthRegistry } from '../test/helpers/stack.ts'
import { images } from './settings/fields.ts'

test('what runs, or is the newest, never expires; of what was live before a hundred are kept', () => {
  const { policy } = synthRegistry().one('ecr_lifecycle_policy')
  const { rules }: { rules: { rulePriority: number; selection: Record<string, unknown> }[] } = JSON.parse(
    String(policy),
  )
  const priorityOf = (tag?: string) =>
    Number(rules.find(({ selection }) => String(selection.tagPatternList) === String(tag))?.rulePriority)
  for (const image of images) {
    // Selected first, an image is safe from whatever comes after.
    for (const tag of [image, `${image}-live`])
      for (const later of [`${image}-release-*`, undefined]) assert.ok(priorityOf(tag) < priorityOf(later))
  }
  for (const { selection } of rules)
    assert.partialDeepStrictEqual(selection, { countType: 'imageCountMoreThan', countNumber: 100 })
})

test('Lambda may pull for functions of this account and region, and do no more', () => {
  const { Statement } = JSON.parse(String(synthRegistry().one('ecr_repository_policy').policy))
  assert.equal(Statement.length, 1)
  assert.deepEqual(Statement[0].Action, ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'])
  const { 'aws:sourceArn': source } = Statement[0].Condition.StringLike
  assert.match(source, /^arn:aws:lambda:ap-northeast-2:\$\{data\.aws_caller_identity\..*\.account_id\}:function:\*$/)
})
