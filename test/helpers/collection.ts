import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { runInNewContext } from 'node:vm'

const ROOT = resolve(import.meta.dirname, '../..')

interface Pair {
  readonly key: string
  readonly value: string
}

interface FormPart {
  readonly key: string
  readonly type: 'text' | 'file'
  readonly value?: string
  readonly src?: string
}

/** A request of a Postman collection, or a folder of them; what of the format 2.1 ours use. */
export interface Item {
  readonly name: string
  readonly item?: readonly Item[]
  readonly event?: readonly { readonly listen: string; readonly script: { readonly exec: readonly string[] } }[]
  readonly request?: {
    readonly method: string
    readonly header: readonly Pair[]
    readonly url: {
      readonly raw: string
      readonly host: readonly string[]
      readonly path?: readonly string[]
      readonly query?: readonly Pair[]
    }
    readonly body?: { readonly mode: string; readonly raw?: string; readonly formdata?: readonly FormPart[] }
  }
}

export interface Collection {
  readonly info: Readonly<Record<string, string>>
  readonly variable: readonly Pair[]
  readonly item: readonly Item[]
}

/** Every request, with the names of the folders that it is in. */
export const requests = (items: readonly Item[], path: readonly string[] = []): { name: string; item: Item }[] =>
  items.flatMap((item) => {
    const names = [...path, item.name]
    return item.item ? requests(item.item, names) : [{ name: names.join(' / '), item }]
  })

/** Sends requests as Postman does: variables put in, the parts of an address joined, scripts run on the answer. */
export class CollectionRunner {
  readonly #variables: Map<string, string>

  constructor({ variable }: Collection, variables: Readonly<Record<string, string>>) {
    this.#variables = new Map([
      ...variable.map(({ key, value }) => [key, value] as const),
      ...Object.entries(variables),
    ])
  }

  async send({ request, event = [] }: Item): Promise<{ status: number; text: string }> {
    assert.ok(request)
    const { method, header, url, body } = request
    const search = (url.query ?? []).map(({ key, value }) => `${key}=${value}`).join('&')
    const address = [url.host.join('.'), ...(url.path ?? [])].join('/') + (search && `?${search}`)
    assert.equal(url.raw, address, 'the address and its parts say the same')
    const response = await fetch(this.#resolved(address), {
      method,
      headers: header.map(({ key, value }): [string, string] => [key, this.#resolved(value)]),
      ...(body && { body: body.formdata ? await this.#form(body.formdata) : this.#resolved(body.raw ?? '') }),
    })
    const text = await response.text()
    const collectionVariables = { set: (name: string, value: string) => this.#variables.set(name, value) }
    const pm = { response: { code: response.status, json: () => JSON.parse(text) }, collectionVariables }
    for (const { script } of event) runInNewContext(script.exec.join('\n'), { pm, String })
    return { status: response.status, text }
  }

  #resolved(text: string): string {
    return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = this.#variables.get(name)
      assert.ok(value !== undefined, `the variable ${name} is set nowhere`)
      return this.#resolved(value)
    })
  }

  async #form(parts: readonly FormPart[]): Promise<FormData> {
    const form = new FormData()
    for (const { key, type, value = '', src = '' } of parts) {
      if (type === 'text') form.append(key, this.#resolved(value))
      else form.append(key, new Blob([await readFile(join(ROOT, src))]), basename(src))
    }
    return form
  }
}
