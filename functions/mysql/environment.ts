import { isIP } from 'node:net'
import * as v from 'valibot'
import { commonEnvironment } from '../http/read-environment.ts'
import { booleanText, integerText } from '../http/text.ts'

/** Address and credentials of the MySQL server. */
const databaseVariables = v.object({
  /** Host name, IP address, or the path of a UNIX socket. */
  DB_HOST: v.string(),
  DB_PORT: v.optional(integerText(1, 65_535), '3306'),
  DB_USER: v.optional(v.string()),
  DB_PASS: v.optional(v.string()),
  DB_NAME: v.string(),
  /** ARN or name of the secret `{"username","password"}` in Secrets Manager, instead of DB_USER and DB_PASS. */
  DB_SECRET_ID: v.optional(v.string()),
  /** Uses TLS and verifies certificate and host name. @default on, unless DB_HOST is this machine */
  DB_TLS: v.optional(booleanText),
})
export type DatabaseEnvironment = v.InferOutput<typeof databaseVariables>

/** Addresses on this machine, where TLS protects nothing: loopback hosts and socket paths. */
const LOCAL = /^(localhost|127(\.\d{1,3}){3}|::1|\/.*)$/

export const usesTls = ({ DB_HOST, DB_TLS }: Pick<DatabaseEnvironment, 'DB_HOST' | 'DB_TLS'>): boolean =>
  DB_TLS ?? !LOCAL.test(DB_HOST)

/** Environment schema of a function that uses MySQL: database variables, common variables, and its own. */
export const mysqlEnvironment = <const TEntries extends v.ObjectEntries>(own: TEntries) =>
  v.pipe(
    v.object({ ...databaseVariables.entries, ...commonEnvironment, ...own }),
    v.rawCheck(({ dataset, addIssue }) => {
      const { DB_USER, DB_SECRET_ID, DB_HOST, DB_TLS } = dataset.value as Partial<DatabaseEnvironment>
      if (!DB_USER && !DB_SECRET_ID) addIssue({ message: 'DB_USER and DB_PASS, or DB_SECRET_ID, are missing' })
      // For an IP address or a socket, the driver would accept a certificate for `localhost` from any authority.
      if (DB_HOST && (isIP(DB_HOST) || DB_HOST.startsWith('/')) && usesTls({ DB_HOST, DB_TLS }))
        addIssue({
          message: 'DB_HOST must be a host name: TLS verifies certificates against it. Set a name, or DB_TLS=false',
        })
    }),
  )
