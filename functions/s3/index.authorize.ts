/** Entry of the bundle `authorize.js`: the handler that Terraform names, `authorize.handler`. */
export { handler } from '../authorizer/handler.ts'
