import { MAX_FILE_SIZE } from '../../functions/http/multipart/file-part.ts'
import type { AccessWiring } from '../local/wiring/access.ts'
import type { ApiWiring } from '../local/wiring/apis.ts'
import type { Wiring } from '../local/wiring/wiring.ts'
import type { Access, Settings } from './page/types.ts'

const ACCESS: Readonly<Record<AccessWiring['type'], Access>> = { iam: 'iam', 'api-key': 'api-key', authorizer: 'token' }

/** What the page has to know of the service that serves it. */
export function localSettings({ apis }: Wiring): Settings {
  const access = apis.flatMap(({ methods }) => methods).find((method) => method.access)?.access
  return {
    mode: 'local',
    apis: { rds: '/default/rds', s3: '/default/s3', ...Object.fromEntries(apis.map(rootOf)) },
    access: access ? ACCESS[access.type] : 'open',
    maxDirectSize: MAX_FILE_SIZE,
  }
}

/** What the page has to know of APIs elsewhere. */
export function remoteSettings(apis: Settings['apis'], access?: Access): Settings {
  return { mode: 'remote', apis, ...(access && { access }), maxDirectSize: MAX_FILE_SIZE }
}

/** Name and path of the resource that all others of an API are below. */
function rootOf({ stage, methods: [first] }: ApiWiring): [name: string, path: string] {
  const name = first?.resource.split('/')[1] ?? ''
  return [name, `/${stage}/${name}`]
}
