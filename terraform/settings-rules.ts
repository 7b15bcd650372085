import { type Names, namesOf } from './names.ts'
import type { Settings } from './settings-fields.ts'

/** What is wrong and what to do, with the name of the setting that it begins with. */
type Problem = readonly [name: keyof Settings, advice: string]
type Rule = (settings: Settings) => Problem | false

const regionOf = (arn: string) => arn.split(':')[3]

const database: readonly Rule[] = [
  ({ DB_SECRET_ID, DB_HOST }) =>
    DB_SECRET_ID !== undefined &&
    DB_HOST === undefined && [
      'DB_SECRET_ID',
      'belongs to a database that is given, and DB_HOST is not: set DB_HOST, or leave both out (a created database has a secret of its own)',
    ],
  ({ DB_PROXY, DB_HOST }) =>
    DB_PROXY &&
    DB_HOST !== undefined && [
      'DB_PROXY',
      'goes with a created database only: leave DB_HOST out, or set DB_HOST to the endpoint of your own proxy',
    ],
  ({ DB_PROXY, DB_PORT }) =>
    DB_PROXY && DB_PORT !== 3306 && ['DB_PORT', 'must be left out with DB_PROXY=true: a proxy listens on 3306 only'],
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
]

const watching: readonly Rule[] = [
  ({ DB_INSTANCE_ID, DB_HOST }) =>
    DB_INSTANCE_ID !== undefined &&
    DB_HOST === undefined && [
      'DB_INSTANCE_ID',
      'belongs to a database that is given, and DB_HOST is not: set DB_HOST, or leave both out (a created database is known)',
    ],
]

const concurrency: readonly Rule[] = [
  ({ RESERVED_CONCURRENCY: reserved, DB_MAX_CONNECTIONS: most, DB_PROXY }) =>
    reserved !== undefined &&
    !DB_PROXY &&
    // One connection an execution environment (docs/decisions/0003), and one for the migrations.
    reserved + 1 > most && [
      'RESERVED_CONCURRENCY',
      `must be at most ${most - 1}: each invocation has a connection, the migrations have one, and the server takes ${most} (DB_MAX_CONNECTIONS). Lower it, raise DB_MAX_CONNECTIONS to what the server has, or set DB_PROXY=true`,
    ],
  ({ PROVISIONED_CONCURRENCY: provisioned, RESERVED_CONCURRENCY: reserved }) =>
    provisioned !== undefined &&
    reserved !== undefined &&
    provisioned > reserved && [
      'PROVISIONED_CONCURRENCY',
      `must be at most RESERVED_CONCURRENCY, which is ${reserved}: lower it, or raise that`,
    ],
]

const places: readonly Rule[] = [
  ({ DOMAIN_NAME, CERTIFICATE_ARN }) =>
    DOMAIN_NAME !== undefined &&
    CERTIFICATE_ARN === undefined && ['DOMAIN_NAME', 'needs CERTIFICATE_ARN, the ACM certificate of that name'],
  ({ DOMAIN_NAME, CERTIFICATE_ARN }) =>
    CERTIFICATE_ARN !== undefined &&
    DOMAIN_NAME === undefined && ['CERTIFICATE_ARN', 'needs DOMAIN_NAME, the name that it is for'],
  ({ CERTIFICATE_ARN: arn, AWS_REGION }) =>
    arn !== undefined &&
    regionOf(arn) !== AWS_REGION && ['CERTIFICATE_ARN', `must be a certificate in AWS_REGION, ${AWS_REGION}`],
  ({ KMS_KEY: arn, AWS_REGION }) =>
    arn.startsWith('arn:') && regionOf(arn) !== AWS_REGION && ['KMS_KEY', `must be a key in AWS_REGION, ${AWS_REGION}`],
  ({ SECRETS_ENDPOINT, VPC_ID, SUBNET_IDS, SECURITY_GROUP_IDS }) =>
    SECRETS_ENDPOINT === 'existing' &&
    !(VPC_ID ?? SUBNET_IDS ?? SECURITY_GROUP_IDS) && [
      'SECRETS_ENDPOINT',
      'must be left out or create: the VPC that is created has no route to Secrets Manager without it',
    ],
]

/** Names that AWS limits, by the setting that makes them long. Characters. */
const lengths: readonly (readonly [most: number, of: (names: Names, settings: Settings) => string])[] = [
  [64, ({ proxyRole }) => proxyRole],
  [64, ({ authorizerRole }, { API_SECURITY }) => (API_SECURITY === 'jwt' ? authorizerRole : '')],
  [64, ({ gatewayRole }, { ACCESS_LOGS }) => (ACCESS_LOGS === 'create' ? gatewayRole : '')],
  [63, ({ database: identifier }) => `${identifier}-final`],
  [
    63,
    ({ bucket }, { BUCKET_NAME, AWS_REGION }) => (BUCKET_NAME === undefined ? bucket('0'.repeat(12), AWS_REGION) : ''),
  ],
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

const names: readonly Rule[] = lengths.map(([most, of]) => (settings) => {
  const name = of(namesOf(settings), settings)
  const advice = `makes the name ${name}, which AWS limits to ${most} characters: shorten PROJECT or ENVIRONMENT`
  return name.length > most && [settings.ENVIRONMENT === undefined ? 'PROJECT' : 'ENVIRONMENT', advice]
})

const rules = [...database, ...watching, ...concurrency, ...places, ...access, ...names]

/** What is wrong with settings that are right each for itself, but do not go together. */
export const conflicts = (settings: Settings): Problem[] =>
  rules.map((rule) => rule(settings)).filter((problem) => problem !== false)
