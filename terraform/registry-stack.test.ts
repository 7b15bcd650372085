import assert from 'node:assert/strict'
import { test } from 'node:test'
import { synthRegistry } from '../test/helpers/stack.ts'
import { images } from './settings/fields.ts'

test('running and newest images never expire; a hundred former live images are kept', () => {
  const { policy } = synthRegistry().one('ecr_lifecycle_policy')
  const { rules }: { rules: { rulePriority: number; selection: Record<string, unknown> }[] } = JSON.parse(
    String(policy),
  )
  const priorityOf = (tag?: string) =>
    Number(rules.find(({ selection }) => String(selection.tagPatternList) === String(tag))?.rulePriority)
  for (const image of images) {
    // The first rule that selects an image protects it from later rules.
    for (const tag of [image, `${image}-live`])
      for (const later of [`${image}-release-*`, undefined]) assert.ok(priorityOf(tag) < priorityOf(later))
  }
  for (const { selection } of rules)
    assert.partialDeepStrictEqual(selection, { countType: 'imageCountMoreThan', countNumber: 100 })
})

test('Lambda may only pull, for functions of this account and region', () => {
  const { Statement } = JSON.parse(String(synthRegistry().one('ecr_repository_policy').policy))
  assert.equal(Statement.length, 1)
  assert.deepEqual(Statement[0].Action, ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'])
  const { 'aws:sourceArn': source } = Statement[0].Condition.StringLike
  assert.match(source, /^arn:aws:lambda:ap-northeast-2:\$\{data\.aws_caller_identity\..*\.account_id\}:function:\*$/)
})
