import https from 'node:https'
import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ResourceNotFoundException,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

/** Options of every AWS client: the SDK ignores HTTPS_PROXY and NO_PROXY by default. */
export const clientOptions = () => ({
  requestHandler: { httpsAgent: new https.Agent({ keepAlive: true, proxyEnv: process.env }) },
})

/** The owner of the credentials. */
export async function callerIdentity(): Promise<{ readonly account: string; readonly arn: string }> {
  const { Account = '', Arn = '' } = await new STSClient(clientOptions()).send(new GetCallerIdentityCommand())
  return { account: Account, arn: Arn }
}

export const notDeployed = (what: string) =>
  new Error(
    `There is no ${what}: is it deployed (make deploy), in this region (AWS_REGION) and under this ENVIRONMENT?`,
  )

/** Digests of the images that functions currently run. @param images Lambda's function names by image. */
export async function liveDigests(images: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const client = new LambdaClient(clientOptions())
  const digests = [...images].map(async ([image, FunctionName]) => {
    const { Code } = await client.send(new GetFunctionCommand({ FunctionName })).catch((error: Error) => {
      throw error instanceof ResourceNotFoundException ? notDeployed(`function ${FunctionName}`) : error
    })
    const uri = Code?.ResolvedImageUri ?? Code?.ImageUri ?? ''
    return [image, uri.slice(uri.indexOf('@') + 1)] as const
  })
  return new Map(await Promise.all(digests))
}

/**
 * Invokes a function and waits for its result.
 * @returns the parsed payload.
 * @throws Error with the function's own error, or the reason why it could not be invoked.
 */
export async function invoke(FunctionName: string): Promise<unknown> {
  const client = new LambdaClient(clientOptions())
  const command = new InvokeCommand({ FunctionName, Payload: '{}' })
  const { FunctionError: failed, Payload } = await client
    .send(command)
    .catch(async (error: Error) => {
      // After weeks without invocations, a function loses its network interfaces; the first call fails and restores them.
      if (!/^Resource(Conflict|NotReady)Exception$/.test(error.name)) throw error
      await waitUntilFunctionActiveV2({ client, maxWaitTime: 300 }, { FunctionName })
      return client.send(command)
    })
    .catch((error: Error) => {
      throw new Error(`it could not be invoked: ${error}`)
    })
  const text = new TextDecoder().decode(Payload)
  const value = text === '' ? null : JSON.parse(text)
  if (failed === undefined) return value
  throw new Error(`${value.errorType ?? failed}: ${value.errorMessage ?? text}`)
}
