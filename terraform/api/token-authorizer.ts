import { ImageFunction, type ImageFunctionProps } from '../lambda/image-function.ts'
import { FunctionRole, managed } from '../lambda/role.ts'
import type { ServiceStack } from '../service-stack.ts'

/** Name of the function that verifies tokens. */
export const AUTHORIZER = 'authorizer'

/**
 * Declares the function that verifies tokens for every API, if API_SECURITY is `jwt`.
 * @param props image that contains it as `authorize.handler`, and its environment.
 */
export function tokenAuthorizer(service: ServiceStack, props: Pick<ImageFunctionProps, 'image' | 'environment'>): void {
  const { settings, names, scopeOfFunctions } = service
  if (settings.API_SECURITY !== 'jwt') return
  // Its own role has no access to data. Outside of the VPC, it reaches the issuer.
  const id = `${AUTHORIZER}-role`
  const role = new FunctionRole(scopeOfFunctions, id, `${names.project}-${id}`, names.arn)
  role.attach(`${id}-logs`, managed.logs)
  if (settings.TRACING) role.attach(`${id}-traces`, managed.traces)
  new ImageFunction(service, AUTHORIZER, {
    ...props,
    handler: 'authorize.handler',
    role,
    memorySize: 512,
    // Seconds: two fetches from the issuer, 3 s each, and a cold start.
    timeout: 10,
  })
}
