import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const FOLDER = resolve(import.meta.dirname, '../../../docs/openapi')

/** A request that is answered with success. */
export interface Request {
  /** Its operation, e.g. `GET /things/{id}`. */
  readonly route: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What of an operation's description a request is made from. */
interface Operation {
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema: { readonly examples?: readonly unknown[] }
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example: object }>> }
}

interface Description {
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const descriptions = globSync('*.json', { cwd: FOLDER })
  .sort()
  .map((file): Description => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')))
const samplesOf = (optional: boolean): Request[] =>
  descriptions.flatMap(({ servers, paths }) =>
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) =>
        sampleOf(method.toUpperCase(), new URL(servers[0]?.url ?? '').pathname, path, operation, optional),
      ),
    ),
  )

/** One of each operation, from the examples of the API's description. */
export const samples: readonly Request[] = samplesOf(true)

/** Those that succeed whenever they are sent: on no single thing, without what is optional. */
export const repeatable: readonly Request[] = samplesOf(false).filter(({ path }) => !/\/\d+$/.test(path))

function sampleOf(
  method: string,
  base: string,
  template: string,
  { parameters = [], requestBody }: Operation,
  optional: boolean,
): Request {
  const valuesIn = (place: string) =>
    parameters
      .filter((each) => each.in === place && (optional || each.required) && each.schema.examples)
      .map(({ name, schema }): [string, string] => [name, String(schema.examples?.[0])])
  const path = valuesIn('path').reduce((text, [name, value]) => text.replace(`{${name}}`, value), template)
  const query = new URLSearchParams(valuesIn('query')).toString()
  const [[type, content] = []] = Object.entries(requestBody?.content ?? {})
  const value = content?.example ?? {}
  const isForm = type === 'multipart/form-data'
  return {
    route: `${method} ${template}`,
    method,
    path: `${base}${path}${query && `?${query}`}`,
    headers: {
      ...(type !== undefined && { 'Content-Type': isForm ? `${type}; boundary=boundary` : type }),
      ...Object.fromEntries(valuesIn('header')),
    },
    body: type === undefined ? '' : isForm ? formOf(value) : JSON.stringify(value),
  }
}

function formOf(fields: object): string {
  const parts = Object.entries(fields).map(([name, value]) => {
    const file = name === 'file' ? '; filename="a.txt"\r\nContent-Type: text/plain; charset=utf-8' : ''
    return `--boundary\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`
  })
  return `${parts.join('')}--boundary--\r\n`
}
