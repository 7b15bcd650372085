/** Entry of the bundle: the handlers that Terraform names, `index.handler` and `index.migrate`. */
export { handler } from './handler.ts'
export { migrate } from './migrate.ts'
