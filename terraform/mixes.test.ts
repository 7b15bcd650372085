import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { given, type SynthesizedStack, synthService } from '../test/helpers/sample-service.ts'

const { VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS, DB_HOST, BUCKET_NAME } = given

type Variables = Readonly<Record<string, string>>

/** Optional settings, each given or left out (created). */
const mixes = fc
  .tuple(
    fc.subarray<Variables>([{ VPC_ID }, { SUBNET_IDS }, { SECURITY_GROUP_IDS }, { BUCKET_NAME }]),
    fc.constantFrom<Variables>({}, { DB_HOST }, { DB_HOST, DB_SECRET_ID: 'rds-db-credentials/app' }),
    fc.constantFrom<Variables>({}, { KMS_KEY: 'create' }, { KMS_KEY: 'arn:aws:kms:ap-northeast-2:123456789012:key/1' }),
  )
  .map(([some, ...others]): Variables => Object.assign({}, ...some, ...others))

/** Addresses that the stack references but lacks. */
function danglingReferences(stack: SynthesizedStack): string[] {
  const references = stack.json.match(/(?<![\w.])(data\.)?aws_[a-z0-9_]+\.[\w-]+/g) ?? []
  return references.filter((address) => stack.target(`\${${address}.`) === undefined)
}

function check(mix: Variables): void {
  const stack = synthService(mix)
  const vpcIsCreated = !(mix.VPC_ID ?? mix.SUBNET_IDS ?? mix.SECURITY_GROUP_IDS)
  const readsSecret = !mix.DB_HOST || Boolean(mix.DB_SECRET_ID)

  assert.deepEqual(danglingReferences(stack), [])
  // Exactly the resources that were left out are created.
  const created = {
    vpc: vpcIsCreated,
    subnet: vpcIsCreated,
    db_instance: !mix.DB_HOST,
    s3_bucket: !mix.BUCKET_NAME,
    kms_key: mix.KMS_KEY === 'create',
    vpc_endpoint: readsSecret,
  }
  for (const [type, expected] of Object.entries(created)) assert.equal(stack.all(type).length > 0, expected, type)
  const found = (mix.SUBNET_IDS && 'data.aws_subnet') ?? (mix.SECURITY_GROUP_IDS && 'data.aws_security_group')
  const vpc = mix.VPC_ID ?? found ?? 'aws_vpc'
  for (const { vpc_id } of stack.all('security_group')) assert.ok(String(vpc_id).replace('${', '').startsWith(vpc))

  for (const name of ['items', 'items-migrate'])
    assert.equal(stack.environment(name).DB_PASS, readsSecret ? undefined : `\${var.db_pass}`)
  for (const key of stack.values('lambda_function', 'kms_key_arn')) assert.equal(Boolean(key), Boolean(mix.KMS_KEY))

  // The stack neither holds nor generates a secret, and has no route to the internet.
  assert.deepEqual(Object.keys(stack.variable), readsSecret ? [] : ['db_pass'])
  assert.equal(stack.variable.db_pass?.sensitive, readsSecret ? undefined : true)
  assert.ok(!/"(password|secret_string)"|random_password|aws_(nat|internet)_gateway/.test(stack.json))
}

test('any mix of given and created resources is complete, and creates only those left out', () => {
  fc.assert(fc.property(mixes, check), { numRuns: 25 })
})
