import type { IncomingMessage } from 'node:http'
import { checkSignature } from './gateway/authorization/iam-signature.ts'
import { listen } from './listen.ts'
import type { Credentials } from './sigv4.ts'

export type SecretsManager = Awaited<ReturnType<typeof startSecretsManager>>

/**
 * Starts Secrets Manager on 127.0.0.1 with GetSecretValue, the only call that functions make. Requires signed requests.
 * @param log prints one line.
 */
export async function startSecretsManager(credentials: Credentials, log: (line: string) => void) {
  const failed = (__type: string, message: string) => ({ status: 400, body: { __type, message } })
  const answer = async (request: IncomingMessage) => {
    const { method = '', headers } = request
    const body = Buffer.concat(await request.toArray())
    const signed = { method, path: '/', query: new URLSearchParams(), headers }
    if (checkSignature(signed, body, credentials, Date.now(), 'secretsmanager') !== undefined)
      return failed('UnrecognizedClientException', 'The security token included in the request is invalid.')
    if (headers['x-amz-target'] !== 'secretsmanager.GetSecretValue')
      return failed('InvalidAction', 'The local Secrets Manager supports only GetSecretValue.')
    const { SecretId: id } = JSON.parse(body.toString())
    const found = Object.entries(manager.secrets).find(([arn]) => arn === id || arn.endsWith(`:secret:${id}`))
    if (!found) {
      log(`a function asked for the secret ${id}, which this Terraform does not create: unset the setting for it`)
      return failed('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    }
    const [ARN, SecretString] = found
    const Name = ARN.split(':secret:')[1]
    return { status: 200, body: { ARN, Name, SecretString, VersionId: 'local', VersionStages: ['AWSCURRENT'] } }
  }
  const { url, stop } = await listen((request, response) => {
    answer(request).then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body)),
      () => response.destroy(),
    )
  })
  /** `secrets` maps ARNs to secret strings. */
  const manager = { endpoint: url, secrets: {} as Readonly<Record<string, string>>, stop }
  return manager
}
