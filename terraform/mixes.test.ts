import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, type SynthesizedStack, synthService } from '../test/helpers/sample-service.ts'

const { VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS, DB_HOST, BUCKET_NAME } = given
const DB_SECRET_ID = 'rds-db-credentials/app'
const keyArn = 'arn:aws:kms:ap-northeast-2:123456789012:key/1'

type Variables = Readonly<Record<string, string>>

/** Each row is one choice: what is left out (created), or given. */
const choices: readonly (readonly Variables[])[] = [
  [{}, { VPC_ID }],
  [{}, { SUBNET_IDS }],
  [{}, { SECURITY_GROUP_IDS }],
  [{}, { DB_HOST }, { DB_HOST, DB_SECRET_ID }],
  [{}, { BUCKET_NAME }],
  [{}, { KMS_KEY: 'create' }, { KMS_KEY: keyArn }],
]

const product = choices.reduce<Variables[][]>((all, row) => all.flatMap((mix) => row.map((one) => [...mix, one])), [[]])

const pairsOf = (mix: readonly Variables[]) =>
  mix.flatMap((one, row) => mix.slice(0, row).map((other, column) => JSON.stringify([row, one, column, other])))

/** As few as have every two choices together. */
const mixes: Variables[] = []
const missing = new Set(product.flatMap(pairsOf))
while (missing.size > 0) {
  const gain = (mix: readonly Variables[]) => pairsOf(mix).filter((pair) => missing.has(pair)).length
  const best = product.reduce((one, other) => (gain(other) > gain(one) ? other : one))
  for (const pair of pairsOf(best)) missing.delete(pair)
  mixes.push(Object.assign({}, ...best))
}

/** Every address that the stack refers to, and has not. */
function danglingReferences({ json, resource, data }: SynthesizedStack): string[] {
  const types = [...Object.entries(resource), ...Object.entries(data).map(([type, b]) => [`data.${type}`, b] as const)]
  const known = new Set(types.flatMap(([type, blocks]) => Object.keys(blocks).map((id) => `${type}.${id}`)))
  const references = json.match(/(?<![\w.])(data\.)?aws_[a-z0-9_]+\.[\w-]+/g) ?? []
  return references.filter((address) => !known.has(address))
}

function check(mix: Variables): void {
  const stack = synthService(mix)
  const has = (type: string) => stack.all(type).length > 0
  const vpcIsCreated = !(mix.VPC_ID ?? mix.SUBNET_IDS ?? mix.SECURITY_GROUP_IDS)
  const readsSecret = !mix.DB_HOST || Boolean(mix.DB_SECRET_ID)

  assert.deepEqual(danglingReferences(stack), [])
  // Created is what was left out, and nothing else.
  assert.equal(has('vpc'), vpcIsCreated)
  assert.equal(has('subnet'), vpcIsCreated)
  assert.equal(has('db_instance'), !mix.DB_HOST)
  assert.equal(has('s3_bucket'), !mix.BUCKET_NAME)
  assert.equal(has('kms_key'), mix.KMS_KEY === 'create')
  assert.equal(stack.all('vpc_endpoint').length, readsSecret ? 1 : 0)
  const groups = stack.all('security_group').map((group) => String(group.name).replace('my_lambda-', ''))
  assert.deepEqual(groups.sort(), [
    ...(mix.DB_HOST ? [] : ['database']),
    ...(mix.SECURITY_GROUP_IDS ? [] : ['functions']),
    ...(readsSecret ? ['secrets-endpoint'] : []),
  ])
  for (const type of ['nat_gateway', 'internet_gateway', 'eip']) assert.ok(!has(type), type)

  for (const name of ['items', 'items-migrate']) {
    const environment = stack.environment(name)
    assert.equal(environment.DB_PASS, readsSecret ? undefined : `\${var.db_pass}`)
    const { vpc_config, kms_key_arn } = stack.one('lambda_function', { function_name: name })
    const { subnet_ids, security_group_ids } = vpc_config as { subnet_ids: string[]; security_group_ids: string[] }
    assert.ok(subnet_ids.length >= 2)
    assert.equal(security_group_ids.length, 1)
    assert.equal(kms_key_arn !== undefined, mix.KMS_KEY !== undefined)
  }

  // No secret, and none that Terraform would have to make.
  assert.deepEqual(Object.keys(stack.variable), readsSecret ? [] : ['db_pass'])
  assert.equal(stack.variable.db_pass?.sensitive, readsSecret ? undefined : true)
  assert.ok(!/"(password|secret_string)"|random_password/.test(stack.json))
}

test(`each of the ${mixes.length} mixes of given and created is whole, and creates what is left out alone`, () => {
  for (const mix of mixes) {
    try {
      check(mix)
    } catch (error) {
      throw new Error(`with ${JSON.stringify(mix)}`, { cause: error })
    }
  }
})
