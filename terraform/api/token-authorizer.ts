import { partitionOf } from '../arn.ts'
import { ImageFunction } from '../lambda/image-function.ts'
import { FunctionRole, managed } from '../lambda/role.ts'
import type { EnvironmentDefinition } from '../lambda/variables.ts'
import type { ServiceStack } from '../service-stack.ts'

export interface TokenAuthorizerProps {
  /** The image that holds it, as `authorize.handler`. */
  readonly image: string
  readonly environment: EnvironmentDefinition
}

/** Declares the function that verifies tokens for every API; there is none unless API_SECURITY is `jwt`. */
export function tokenAuthorizer(service: ServiceStack, { image, environment }: TokenAuthorizerProps): void {
  const { settings, names, scopeOfFunctions } = service
  if (settings.API_SECURITY !== 'jwt') return
  const id = 'authorizer'
  // A role of its own: it needs no data. And outside of the VPC, where it reaches the issuer.
  const role = new FunctionRole(scopeOfFunctions, `${id}-role`, {
    name: `${names.project}-${id}-role`,
    partition: partitionOf(settings.AWS_REGION),
  })
  role.attach(`${id}-role-logs`, managed.logs)
  if (settings.TRACING) role.attach(`${id}-role-traces`, managed.traces)
  service.authorizer = new ImageFunction(service, id, {
    image,
    handler: 'authorize.handler',
    environment,
    role,
    memorySize: 512,
    // Seconds: two documents of the issuer's at 3 s each, and a cold start.
    timeout: 10,
  })
}
