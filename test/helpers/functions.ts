import type { Database } from '../../tools/local/database/database.ts'
import type { TestStore } from './store.ts'

/** Variables that a function reads when it starts: set them before its module is imported. */
export function useStore({ endpoint, accessKeyId, secretAccessKey, bucket }: TestStore): void {
  Object.assign(process.env, {
    AWS_REGION: 'ap-northeast-2',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_S3: endpoint,
    BUCKET_NAME: bucket,
  })
}

/** As `useStore`, for a database. */
export function useDatabase({ host, port, user, password, name }: Database): void {
  Object.assign(process.env, {
    DB_HOST: host,
    DB_PORT: String(port),
    DB_USER: user,
    DB_PASS: password,
    DB_NAME: name,
  })
}
