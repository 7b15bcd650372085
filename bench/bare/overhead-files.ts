/** As overhead-users.ts. */
export { handler as stack } from '../../functions/s3/handler.ts'
export { handler as bare } from './files.ts'
