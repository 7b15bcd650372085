/** Both in one bundle and on one connection, so that nothing but the stack is between them. */
export { handler as stack } from '../../functions/rds/handler.ts'
export { handler as bare } from './users.ts'
