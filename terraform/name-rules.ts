import { TerraformResource } from 'cdktf'
import type { Construct } from 'constructs'
import * as v from 'valibot'
import { bucketName } from './settings/schemas.ts'
import type { Settings } from './settings.ts'

type NameRule = readonly [attribute: string, advice: (name: string) => string | undefined]

const atMost = (characters: number) => (name: string) =>
  name.length > characters ? `have at most ${characters} characters` : undefined

/** What AWS refuses in names, by the resource and the attribute that has the name. */
const RULES: Readonly<Record<string, NameRule>> = {
  aws_ecr_repository: ['name', (name) => (name.length < 2 ? 'have 2 characters or more' : undefined)],
  aws_iam_role: ['name', atMost(64)],
  aws_lambda_function: ['functionName', atMost(64)],
  aws_db_instance: ['identifier', atMost(63)],
  aws_db_subnet_group: ['name', (name) => (name === 'default' ? "not be default, which is RDS's own" : undefined)],
  aws_security_group: [
    'name',
    (name) => (name.startsWith('sg-') ? 'not begin with sg-, as ids of security groups do' : undefined),
  ],
  aws_s3_bucket: ['bucket', (name) => v.safeParse(bucketName, name).issues?.[0].message.replace('must ', '')],
}

/** The names of a stack's resources that AWS would refuse, by the setting that makes them. */
export function nameProblems(stack: Construct, { PROJECT, ENVIRONMENT }: Settings): string[] {
  const setting = ENVIRONMENT === undefined ? `PROJECT=${PROJECT}` : `ENVIRONMENT=${ENVIRONMENT}`
  return stack.node.findAll().flatMap((construct) => {
    if (!TerraformResource.isTerraformResource(construct)) return []
    const [attribute, advice] = RULES[construct.terraformResourceType] ?? []
    // An account's id is known to AWS alone, and has twelve digits.
    const name = String(Reflect.get(construct, `${attribute}Input`)).replaceAll(/\$\{[^}]+\}/g, '0'.repeat(12))
    const must = advice?.(name)
    return must === undefined ? [] : [`${setting} makes the name ${name}, which must ${must}`]
  })
}
