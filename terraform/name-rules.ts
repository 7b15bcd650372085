import { TerraformResource } from 'cdktf'
import * as v from 'valibot'
import type { DeploymentStack } from './deployment-stack.ts'
import { bucketName } from './settings/schemas.ts'

const atMost = (characters: number) =>
  v.pipe(v.string(), v.maxLength(characters, `must have at most ${characters} characters`))

/** Names that AWS accepts, by resource type and attribute. */
const RULES: Readonly<Record<string, readonly [attribute: string, schema: v.GenericSchema<string>]>> = {
  aws_iam_role: ['name', atMost(64)],
  aws_lambda_function: ['functionName', atMost(64)],
  aws_db_instance: ['identifier', atMost(63)],
  aws_db_subnet_group: ['name', v.pipe(v.string(), v.notValue('default', 'must not be default, which RDS reserves'))],
  aws_security_group: [
    'name',
    v.pipe(v.string(), v.regex(/^(?!sg-)/, 'must not begin with sg-, the prefix of security group ids')),
  ],
  aws_s3_bucket: ['bucket', bucketName],
}

/** Reports names of a stack's resources that AWS would refuse, by the setting that they come from. */
export function checkNames({ node, problems, settings: { PROJECT, ENVIRONMENT } }: DeploymentStack): void {
  const [setting, value] = ENVIRONMENT === undefined ? ['PROJECT', PROJECT] : ['ENVIRONMENT', ENVIRONMENT]
  for (const construct of node.findAll()) {
    const [attribute, schema] =
      (TerraformResource.isTerraformResource(construct) && RULES[construct.terraformResourceType]) || []
    if (!schema) continue
    // The account's id, a token at synthesis, has twelve digits.
    const name = String(Reflect.get(construct, `${attribute}Input`)).replaceAll(/\$\{[^}]+\}/g, '0'.repeat(12))
    for (const { message } of v.safeParse(schema, name).issues ?? [])
      problems.add(setting, `makes the name ${name}, which ${message}`, value)
  }
}
