import {
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr'
import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ResourceNotFoundException,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { clientOptions } from './shell.ts'

export interface Identity {
  readonly account: string
  readonly arn: string
}

/** Who the credentials belong to. */
export async function callerIdentity(): Promise<Identity> {
  const { Account = '', Arn = '' } = await new STSClient(clientOptions()).send(new GetCallerIdentityCommand())
  return { account: Account, arn: Arn }
}

export interface RegistryCredentials {
  readonly username: string
  readonly password: string
}

/** Credentials for `docker login`; they hold for 12 hours, so each run asks for its own. */
export async function registryCredentials(): Promise<RegistryCredentials> {
  const { authorizationData = [] } = await new ECRClient(clientOptions()).send(new GetAuthorizationTokenCommand())
  const [username, password] = atob(authorizationData[0]?.authorizationToken ?? '').split(':')
  if (!username || !password) throw new Error('Amazon ECR answered without an authorization token')
  return { username, password }
}

/** Docker's name of a repository. */
export async function repositoryUrl(name: string): Promise<string> {
  const command = new DescribeRepositoriesCommand({ repositoryNames: [name] })
  const { repositories = [] } = await new ECRClient(clientOptions()).send(command).catch((error: Error) => {
    throw error instanceof RepositoryNotFoundException ? notDeployed(`repository ${name}`) : error
  })
  return repositories[0]?.repositoryUri ?? ''
}

/** Digest of the image that a function runs: what Lambda says, whoever deployed it. */
export async function liveDigest(functionName: string): Promise<string> {
  const { Code } = await new LambdaClient(clientOptions())
    .send(new GetFunctionCommand({ FunctionName: functionName }))
    .catch((error: Error) => {
      throw error instanceof ResourceNotFoundException ? notDeployed(`function ${functionName}`) : error
    })
  const uri = Code?.ResolvedImageUri ?? Code?.ImageUri ?? ''
  return uri.slice(uri.indexOf('@') + 1)
}

const notDeployed = (what: string) =>
  new Error(
    `There is no ${what}: is it deployed (make deploy), in this region (AWS_REGION) and under this ENVIRONMENT?`,
  )

/** A function that threw: its error as Lambda reports it. */
export class FunctionError extends Error {
  override name = 'FunctionError'
}

/**
 * Invokes a function and waits for its answer.
 * @returns the parsed payload.
 * @throws FunctionError where the function failed, and the SDK's error where it could not be invoked.
 */
export async function invoke(functionName: string, event: object): Promise<unknown> {
  const lambda = new LambdaClient(clientOptions())
  const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) })
  const { FunctionError: failed, Payload } = await lambda.send(command).catch(async (error: Error) => {
    if (!asleep(error)) throw error
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 300 }, { FunctionName: functionName })
    return lambda.send(command)
  })
  return parsed(failed, Payload)
}

/** A function that nobody called for weeks has lost its network interfaces; the first call gets them back, and fails. */
const asleep = ({ name }: Error) => name === 'ResourceConflictException' || name === 'ResourceNotReadyException'

function parsed(failed: string | undefined, payload: Uint8Array | undefined): unknown {
  const text = new TextDecoder().decode(payload)
  const value: unknown = text === '' ? null : JSON.parse(text)
  if (failed === undefined) return value
  const { errorType = failed, errorMessage = text } = value as { errorType?: string; errorMessage?: string }
  throw new FunctionError(`${errorType}: ${errorMessage}`)
}
