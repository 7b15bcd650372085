import { isIP } from 'node:net'
import * as v from 'valibot'
import { commonEnvironment } from '../http/read-environment.ts'
import { booleanText, integerText } from '../http/text.ts'

/** Addresses that never leave the machine, where TLS protects nothing: a loopback host, or a socket's path. */
const isLocal = (host: string) => /^(localhost|127(\.\d{1,3}){3}|::1|\/.*)$/.test(host)

const usesTls = ({ DB_HOST, DB_TLS }: { DB_HOST: string; DB_TLS?: boolean | undefined }) => DB_TLS ?? !isLocal(DB_HOST)

/** Variables of the function `rds`: where MySQL is and who we are there. */
export const rdsEnvironmentSchema = v.pipe(
  v.object({
    /** Host name, IP address, or the path of a UNIX socket. */
    DB_HOST: v.string(),
    DB_PORT: v.optional(integerText(1, 65_535), '3306'),
    DB_USER: v.optional(v.string()),
    DB_PASS: v.optional(v.string()),
    DB_NAME: v.string(),
    /** ARN or name of the secret `{"username","password"}` in Secrets Manager, instead of DB_USER and DB_PASS. */
    DB_SECRET_ID: v.optional(v.string()),
    /** Whether to speak TLS, with certificate and host name verified; on unless the database is on this machine. */
    DB_TLS: v.optional(booleanText),
    ...commonEnvironment,
  }),
  v.partialCheck(
    [['DB_USER'], ['DB_SECRET_ID']],
    ({ DB_USER, DB_SECRET_ID }) => Boolean(DB_USER ?? DB_SECRET_ID),
    'DB_USER and DB_PASS, or DB_SECRET_ID, are missing',
  ),
  // For an address without a name the driver would take a certificate for `localhost`, by any authority.
  v.partialCheck(
    [['DB_HOST'], ['DB_TLS']],
    (variables) => !usesTls(variables) || !(isIP(variables.DB_HOST) || variables.DB_HOST.startsWith('/')),
    'DB_HOST must be a host name where DB_TLS is on, since its certificate is held against it: use a name, or DB_TLS=false',
  ),
  v.transform((variables) => ({ ...variables, DB_TLS: usesTls(variables) })),
)

/** What Terraform has to set. */
export type RdsVariables = v.InferInput<typeof rdsEnvironmentSchema>
export type RdsEnvironment = v.InferOutput<typeof rdsEnvironmentSchema>
