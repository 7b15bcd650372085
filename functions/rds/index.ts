/** Entry of the bundle: the handler that Terraform names, `index.handler`. */
export { handler } from './handler.ts'
