import { readFileSync } from 'node:fs'
import type { CorsRule } from '../store/cors.ts'
import { type ApiWiring, readApis } from './apis.ts'
import { type FunctionWiring, readFunctions } from './functions.ts'
import { nested, type Resource, TerraformJson, texts, WiringError } from './terraform.ts'

/** What `local/` knows of the deployed program: read from the Terraform that `npm run synth` writes (see wiring.ts). */
export interface Wiring {
  readonly functions: readonly FunctionWiring[]
  readonly apis: readonly ApiWiring[]
  /** Of the bucket, where it is Terraform's. */
  readonly cors?: CorsRule
}

/**
 * Reads functions, routes, stages and binary media types from the Terraform JSON that `npm run synth` writes.
 *
 * @throws WiringError naming the resource, where something is missing or cannot be served on one machine.
 */
export function readWiring(file: string): Wiring {
  const terraform = new TerraformJson(parse(file))
  const functions = readFunctions(terraform)
  const [cors] = terraform.all('aws_s3_bucket_cors_configuration').map(readCors)
  return { functions, apis: readApis(terraform), ...(cors && { cors }) }
}

/** The first rule, which is all that a bucket has here. */
function readCors(configuration: Resource): CorsRule {
  const rule = nested(configuration, 'cors_rule')
  const list = (name: string) => texts(rule[name]).map(([, text]) => text)
  const { max_age_seconds: maxAge } = rule
  return {
    origins: list('allowed_origins'),
    methods: list('allowed_methods'),
    headers: list('allowed_headers'),
    exposed: list('expose_headers'),
    ...(typeof maxAge === 'number' && { maxAge }),
  }
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new WiringError(`${file} is not what "npm run synth" writes: ${(error as Error).message}`)
  }
}
