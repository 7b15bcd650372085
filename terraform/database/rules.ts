import type { DeploymentStack } from '../deployment-stack.ts'

/** RDS names an instance `<identifier>.<of the account>.<region>.rds.amazonaws.com`; proxies and clusters have a dot more. */
const INSTANCE = /^([a-z][a-z0-9-]*)\.[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(?:\.cn)?$/i

/** Identifier of the RDS instance at a host; `undefined` for any other host. */
export const instanceOf = (host: string): string | undefined => INSTANCE.exec(host)?.[1]

/** Tells what is wrong with the settings of a database. */
export function checkDatabase({ settings, problems }: DeploymentStack): void {
  const { DB_HOST, DB_TLS, DB_USER, DB_NAME, DB_SECRET_ID, DB_PORT, DB_MULTI_AZ } = settings
  if (DB_HOST !== undefined) {
    if (DB_MULTI_AZ)
      problems.add('DB_MULTI_AZ', 'belongs to a created database, and DB_HOST is given: leave one of them out')
    // `make dev` takes the path of a socket too.
    if (!DB_HOST.startsWith('/') && /[\s@]|:\/\//.test(DB_HOST))
      problems.add('DB_HOST', 'must be a host name, without mysql:// or a user; the port is DB_PORT')
    return
  }
  const forCreated = (broken: boolean, name: string, advice: string) => {
    if (broken) problems.add(name, `${advice} for a created database; for one that exists set DB_HOST`)
  }
  forCreated(DB_SECRET_ID !== undefined, 'DB_SECRET_ID', 'must be left out')
  forCreated(DB_TLS === 'false', 'DB_TLS', 'must be left out or true')
  forCreated(DB_PORT < 1150, 'DB_PORT', 'must be 1150 to 65535')
  forCreated(
    !/^[a-z]\w{0,63}$/i.test(DB_NAME),
    'DB_NAME',
    'must be at most 64 letters, digits and _, the first a letter,',
  )
  forCreated(
    !/^[a-z]\w{0,15}$/i.test(DB_USER) || DB_USER === 'rdsadmin',
    'DB_USER',
    'must be at most 16 letters, digits and _, the first a letter, and not rdsadmin,',
  )
}
