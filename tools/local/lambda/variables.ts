import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { REGION } from '../sigv4.ts'
import type { Program } from './sandbox.ts'

/**
 * A function's whole `process.env`: its own variables and Lambda's, without this machine's.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 * @param runtimeApi `host:port`
 */
export function lambdaVariables({ wiring, code }: Program, runtimeApi: string): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/')
  return {
    ...wiring.environment,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_LAMBDA_FUNCTION_NAME: wiring.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(wiring.memorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${wiring.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomBytes(16).toString('hex')}`,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    _HANDLER: wiring.handler,
    // In a container, the base image sets these.
    ...(code.type === 'bundle' && {
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      LAMBDA_TASK_ROOT: path.resolve(code.taskRoot),
      LAMBDA_RUNTIME_DIR: import.meta.dirname,
      TZ: ':UTC',
      LANG: 'en_US.UTF-8',
      PATH: '/usr/local/bin:/usr/bin:/bin',
    }),
  }
}
