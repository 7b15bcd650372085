/** Entry of the bundle `authorize.js` in the image `s3`: the handler that Terraform names, `authorize.handler`. */
export { handler } from './handler.ts'
