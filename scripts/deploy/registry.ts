import { createHash } from 'node:crypto'
import type { RegistryCredentials } from './aws.ts'

/** Manifests of one image. An index, which Lambda refuses, is read as well, to say so. */
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]

const [MANIFEST = ''] = MANIFESTS

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md#guidance-for-an-empty-descriptor */
const EMPTY = { mediaType: 'application/vnd.oci.empty.v1+json', content: '{}' }

/** A document that is about an image. */
export interface Attachment {
  readonly mediaType: string
  readonly content: string
}

export interface PushedImage {
  /** `sha256:…` of the manifest. */
  readonly digest: string
  readonly labels: Readonly<Record<string, string>>
  /** As Docker calls it: `amd64`, `arm64`. */
  readonly architecture: string
}

/** A repository of images, over the registry's HTTP API (https://distribution.github.io/distribution/spec/api/). */
export class Repository {
  readonly url: string
  readonly host: string
  readonly #base: string
  readonly #path: string
  #headers: Record<string, string> = {}

  /** @param url as Docker has it, without a scheme: `123456789012.dkr.ecr.….amazonaws.com/my_lambda` */
  constructor(url: string) {
    this.url = url
    this.host = url.slice(0, url.indexOf('/'))
    this.#path = url.slice(url.indexOf('/') + 1)
    // As Docker does it: a registry on this machine needs no TLS.
    this.#base = `${/^(localhost|127\.)/.test(this.host) ? 'http' : 'https'}://${this.host}/v2`
  }

  /** Whether the registry wants to know who asks. */
  async needsLogin(): Promise<boolean> {
    const response = await fetch(`${this.#base}/`).catch((error: Error) => {
      throw new Error(`The registry ${this.host} cannot be reached: ${causeOf(error)}`)
    })
    return response.status === 401
  }

  login({ username, password }: RegistryCredentials): void {
    this.#headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` }
  }

  /** Whether there is such a repository, with an image in it. */
  async exists(): Promise<boolean> {
    return (await this.#request('tags/list', {}, [404])).ok
  }

  /** Every tag; none where there is no such repository. */
  async tags(): Promise<string[]> {
    const all: string[] = []
    for (let path: string | undefined = 'tags/list?n=1000'; path !== undefined; ) {
      const response = await this.#request(path, {}, [404])
      if (!response.ok) return all
      const { tags } = (await response.json()) as { tags: string[] | null }
      all.push(...(tags ?? []))
      // The address of the next page, of which only the question counts.
      const next = /<[^>]*\?([^>]*)>;\s*rel="?next/.exec(response.headers.get('link') ?? '')?.[1]
      path = next === undefined ? undefined : `tags/list?${next}`
    }
    return all
  }

  /** What a tag or a digest names; `undefined` where there is no such image. */
  async image(reference: string): Promise<PushedImage | undefined> {
    const found = await this.#manifest(reference)
    if (!found) return undefined
    const { config, manifests } = JSON.parse(found.text)
    if (manifests || !config)
      throw new Error(
        `${this.url}:${reference} is an index of several images, which Lambda refuses: push one architecture, without attestations`,
      )
    const blob = await this.#request(`blobs/${config.digest}`)
    const { architecture, config: { Labels: labels } = { Labels: {} } } = (await blob.json()) as ImageConfig
    return { digest: found.digest, architecture, labels: labels ?? {} }
  }

  /** Puts a tag on an image that is there. */
  async tag(reference: string, tag: string): Promise<void> {
    const found = await this.#manifest(reference)
    if (!found) throw new Error(`There is no image ${reference} in ${this.url}`)
    const current = await this.#manifest(tag)
    if (current?.digest === found.digest) return
    await this.#request(`manifests/${tag}`, {
      method: 'PUT',
      headers: { 'content-type': found.mediaType },
      body: found.text,
    })
  }

  /**
   * Puts a document beside an image unless it is there, as a referrer of OCI 1.1; the image stays one plain manifest.
   * @param suffix of its tag, `sha256-<digest><suffix>`, as cosign names them: it can be found in a registry that does not list
   * referrers, and a lifecycle that expires what has no tag does not take it from an image that has one.
   */
  async attach(digest: string, suffix: string, document: () => Promise<Attachment>): Promise<void> {
    const tag = `${digest.replace(':', '-')}${suffix}`
    if (await this.#manifest(tag)) return
    const { mediaType, content } = await document()
    const subject = await this.#manifest(digest)
    if (!subject) throw new Error(`There is no image ${digest} in ${this.url}`)
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      artifactType: mediaType,
      config: describe(EMPTY),
      layers: [describe({ mediaType, content })],
      subject: describe({ mediaType: subject.mediaType, content: subject.text }),
    })
    for (const each of [EMPTY.content, content]) await this.#upload(each)
    await this.#request(`manifests/${tag}`, { method: 'PUT', headers: { 'content-type': MANIFEST }, body: manifest })
  }

  async #upload(content: string): Promise<void> {
    const digest = digestOf(content)
    if ((await this.#request(`blobs/${digest}`, { method: 'HEAD' }, [404])).ok) return
    const started = await this.#request('blobs/uploads/', { method: 'POST' })
    // Of the address only what is below this repository: the credentials go nowhere else.
    const { pathname, searchParams } = new URL(started.headers.get('location') ?? '', this.#base)
    searchParams.set('digest', digest)
    const path = pathname.split(`/v2/${this.#path}/`)[1]
    const headers = { 'content-type': 'application/octet-stream' }
    await this.#request(`${path}?${searchParams}`, { method: 'PUT', headers, body: content })
  }

  async #manifest(reference: string): Promise<{ text: string; digest: string; mediaType: string } | undefined> {
    const response = await this.#request(`manifests/${reference}`, { headers: { accept: MANIFESTS.join(', ') } }, [404])
    if (response.status === 404) return undefined
    const text = await response.text()
    return { text, digest: digestOf(text), mediaType: response.headers.get('content-type') ?? MANIFEST }
  }

  async #request(path: string, options: RequestInit = {}, accepted: readonly number[] = []): Promise<Response> {
    const url = `${this.#base}/${this.#path}/${path}`
    const headers = { ...this.#headers, ...(options.headers as Record<string, string>) }
    const response = await fetch(url, { ...options, headers }).catch((error: Error) => {
      throw new Error(`The registry ${this.host} cannot be reached: ${causeOf(error)}`)
    })
    if (response.ok || accepted.includes(response.status)) return response
    throw new Error(`The registry answered ${response.status} to ${url}: ${(await response.text()).slice(0, 300)}`)
  }
}

const digestOf = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`

/** A descriptor of OCI. */
const describe = ({ mediaType, content }: Attachment) => ({
  mediaType,
  digest: digestOf(content),
  size: Buffer.byteLength(content),
})

interface ImageConfig {
  readonly architecture: string
  readonly config?: { readonly Labels?: Readonly<Record<string, string>> | null }
}

/** `fetch` keeps what went wrong in the cause. */
const causeOf = (error: Error) => (error.cause instanceof Error && error.cause.message) || error.message
