import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { freePort } from '../../tools/process/port.ts'
import { jwksOf, type SigningKey, signToken } from './issuer.ts'
import type { Start } from './issuer-program.ts'

const PROGRAM = resolve(import.meta.dirname, 'issuer-program.ts')

/** A certified OpenID Connect issuer in a process of its own, which can be stopped, killed and started again with other keys. */
export class IssuerProcess {
  url = ''
  readonly #child: ChildProcess
  readonly keys: readonly SigningKey[]

  private constructor(keys: readonly SigningKey[]) {
    this.keys = keys
    // What it prints are warnings about a production that it is not.
    this.#child = fork(PROGRAM, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: { PATH: process.env.PATH } })
  }

  /** @param url of an earlier one, to be the same issuer again. */
  static async start(keys: readonly SigningKey[], url?: string): Promise<IssuerProcess> {
    const issuer = new IssuerProcess(keys)
    const port = url === undefined ? await freePort() : Number(new URL(url).port)
    issuer.#child.send({ port, keys: jwksOf(keys, 'privateKey') } satisfies Start)
    const [told] = await Promise.race([once(issuer.#child, 'message'), once(issuer.#child, 'exit')])
    if (typeof told !== 'string') throw new Error(`The issuer ended with ${told}`)
    issuer.url = told
    return issuer
  }

  /** An access token that the issuer grants to its client. */
  async token({ resource = 'urn:my-api', scope = 'users' } = {}): Promise<string> {
    const response = await fetch(`${this.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('client:secret')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
    })
    const { access_token: token } = (await response.json()) as { access_token?: string }
    if (token === undefined) throw new Error(`The issuer granted no token: ${response.status}`)
    return token
  }

  /** A granted token with other claims, signed with the issuer's own key: as if its key had leaked. */
  async changed(claims: object): Promise<string> {
    const [key] = this.keys
    const [, payload = ''] = (await this.token()).split('.')
    if (!key) throw new Error('The issuer has no key')
    return signToken(key, { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...claims })
  }

  /** SIGSTOP: it takes connections, and answers nothing. SIGCONT: it goes on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal)
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}
