import { readApis } from '../../docs/openapi/apis.ts'
import { openApi } from '../../docs/openapi/document.ts'
import { synthesized } from '../../docs/synthesized.ts'

/** A request made of the examples of an API's description. */
export interface Sample {
  /** Its operation, e.g. `GET /things/{id}`. */
  readonly route: string
  readonly method: string
  /** With the stage. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Schema {
  readonly $ref?: string
  readonly examples?: readonly unknown[]
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
}

/** Keywords of an OpenAPI document that a sample is made of. */
interface Description {
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, object>>
  readonly components: { readonly schemas?: object }
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema; readonly example?: object }>>
  }
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** A request for every operation of the APIs in `functions/`, at the stages that the Terraform of these settings gives them. */
export async function readSamples(settings: 'default' | 'own' = 'default'): Promise<Sample[]> {
  const stack = await synthesized(settings)
  return [...(await readApis()).values()].flatMap((api) => samplesOf(openApi(stack, api)))
}

export function samplesOf({ servers: [server], paths, components }: Description): Sample[] {
  const base = new URL(server?.url ?? '').pathname
  return Object.entries(paths).flatMap(([template, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => {
        const sample = sampleOf(template, operation as Operation, components.schemas ?? {})
        const name = method.toUpperCase()
        return { route: `${name} ${template}`, method: name, ...sample, path: `${base}${sample.path}` }
      }),
  )
}

function sampleOf(template: string, { parameters = [], requestBody }: Operation, schemas: object) {
  const examplesIn = (place: string) =>
    parameters
      .filter((each) => each.in === place && each.schema.examples)
      .map(({ name, schema }): [string, string] => [name, String(schema.examples?.[0])])
  const path = examplesIn('path').reduce(
    (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)),
    template,
  )
  const query = new URLSearchParams(examplesIn('query')).toString()
  const [[type, content] = []] = Object.entries(requestBody?.content ?? {})
  const isForm = type === 'multipart/form-data'
  const { properties } = resolve(content?.schema, schemas)
  return {
    path: `${path}${query && `?${query}`}`,
    headers: {
      ...(type !== undefined && { 'Content-Type': isForm ? `${type}; boundary=boundary` : type }),
      ...Object.fromEntries(examplesIn('header')),
    },
    body: type === undefined ? '' : isForm ? formOf(content?.example, properties) : JSON.stringify(content?.example),
  }
}

const resolve = (schema: Schema = {}, schemas: object): Schema =>
  schema.$ref ? ((schemas as Record<string, Schema>)[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema

function formOf(fields: object = {}, properties: Schema['properties']): string {
  const parts = Object.entries(fields).map(([name, value]) => {
    const isFile = properties?.[name]?.format === 'binary'
    const file = isFile ? '; filename="a.txt"\r\nContent-Type: text/plain; charset=utf-8' : ''
    return `--boundary\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`
  })
  return `${parts.join('')}--boundary--\r\n`
}
