import { existsSync } from 'node:fs'
import path from 'node:path'

import { nested, type Resource, type TerraformJson, texts, WiringError } from './terraform.ts'

export interface FunctionWiring {
  /** Name of the Lambda function, e.g. `rds`. */
  readonly name: string
  /** Tag of the container image, and name of the folder under `functions/` that it is built from. */
  readonly image: string
  /** Handler in the bundle: the image's CMD or its override, e.g. `index.handler`. */
  readonly handler: string
  /** MB. */
  readonly memorySize: number
  /** Seconds. */
  readonly timeout: number
  /** As Terraform has it; a value may be an unresolved `${…}` expression, which `local/` replaces by its own. */
  readonly environment: Readonly<Record<string, string>>
}

/** The CMD of both images. */
const DEFAULT_HANDLER = 'index.handler'
/** Terraform's defaults: MB, seconds. */
const DEFAULT_MEMORY_SIZE = 128
const DEFAULT_TIMEOUT = 3
const SOURCES = path.resolve(import.meta.dirname, '../../../functions')

/** Every Lambda function of the stack. */
export function readFunctions(terraform: TerraformJson): FunctionWiring[] {
  const resources = terraform.all('aws_lambda_function')
  if (resources.length === 0) throw new WiringError('the stack has no aws_lambda_function')
  return resources.map((resource) => readFunction(terraform, resource))
}

function readFunction(terraform: TerraformJson, resource: Resource): FunctionWiring {
  const { memory_size: memorySize, timeout } = resource.block
  const command = nested(resource, 'image_config').command
  const variables = nested(resource, 'environment').variables
  return {
    name: terraform.text(resource, 'function_name'),
    image: readImage(terraform, resource),
    handler: Array.isArray(command) && typeof command[0] === 'string' ? command[0] : DEFAULT_HANDLER,
    memorySize: typeof memorySize === 'number' ? memorySize : DEFAULT_MEMORY_SIZE,
    timeout: typeof timeout === 'number' ? timeout : DEFAULT_TIMEOUT,
    environment: Object.fromEntries(texts(variables)),
  }
}

/** Terraform resolves a tag to a digest when it plans; here the block's name is that of the sources. */
function readImage(terraform: TerraformJson, resource: Resource): string {
  const image = terraform.follow(resource, 'image_uri')
  if (image.type !== 'data.aws_ecr_image')
    throw new WiringError(
      `${resource.address}: image_uri refers to ${image.address}; make it an aws_ecr_image's image_uri`,
    )
  if (!existsSync(path.join(SOURCES, image.id, 'index.ts')))
    throw new WiringError(`${image.address} is unknown: there is no functions/${image.id}/index.ts`)
  return image.id
}
