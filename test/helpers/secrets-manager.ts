import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { type Credentials, encodePath, isSignedBy, parseAuthorization, stringToSign } from '../../local/signature.ts'
import { listen } from './server.ts'

/** AWS Secrets Manager with one secret; it takes only requests that are signed by these credentials. */
export class SecretsManager {
  /** What the secret holds. */
  secret = ''
  endpoint = ''
  stop = async (): Promise<void> => {}

  static async start(id: string, credentials: Credentials): Promise<SecretsManager> {
    const manager = new SecretsManager()
    const { url: endpoint, stop } = await listen(async (request, response) => {
      const body = await text(request)
      const { method = '', url = '', headers } = request
      const authorization = parseAuthorization(headers.authorization ?? '')
      const { pathname, searchParams } = new URL(url, 'http://localhost')
      const payloadHash = createHash('sha256').update(body).digest('hex')
      const signed =
        authorization &&
        isSignedBy(
          credentials,
          stringToSign(
            { method, path: pathname, query: searchParams, headers },
            { ...authorization, payloadHash, date: String(headers['x-amz-date']) },
            encodePath(pathname),
          ),
          authorization.credential,
          authorization.signature,
        )
      const wanted = headers['x-amz-target'] === 'secretsmanager.GetSecretValue' && JSON.parse(body).SecretId === id
      response.writeHead(signed && wanted ? 200 : 400, { 'Content-Type': 'application/x-amz-json-1.1' })
      const error = { __type: signed ? 'ResourceNotFoundException' : 'InvalidSignatureException', message: 'refused' }
      response.end(JSON.stringify(signed && wanted ? { Name: id, SecretString: manager.secret } : error))
    })
    return Object.assign(manager, { endpoint, stop })
  }
}
