/** API descriptions, checked by common linters. */
import { cpSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { ROOT } from '../tools/process/command.ts'
import { describedApi } from './helpers/described-api.ts'
import { installGenerators, tool } from './helpers/installed.ts'

const box = v.pipe(v.object({ inside: v.object({ either: v.union([v.string(), v.number()]) }) }), v.title('Box'))
const circle = v.object({ kind: v.literal('circle'), radius: v.pipe(v.number(), v.gtValue(0)) })
const square = v.object({ kind: v.literal('square'), side: v.number() })

/** Routes that use every feature of an API definition. */
const everything = {
  'GET /things/{id}': {
    path: v.object({ id: v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(1), v.examples([1])) }),
    query: v.object({ color: v.optional(v.pipe(v.picklist(['red', 'blue']), v.title('Color')), 'red') }),
    headers: v.object({ 'if-match': v.optional(v.string()) }),
    answers: { 200: v.object({ box: v.nullable(box), parts: v.optional(v.array(square)) }), 201: box, 204: null },
    errors: [404, 409],
  },
  'POST /things': { body: { multipart: v.object({ note: v.string(), pictures: v.array(v.blob()) }) } },
  'PUT /shapes': { body: { json: v.array(v.variant('kind', [circle, square])) } },
  'PATCH /both': { body: { json: v.intersect([circle, v.object({ color: v.record(v.string(), v.unknown()) })]) } },
}

const skip = await installGenerators()

test('redocly and spectral accept our descriptions and those of other APIs', { skip }, async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'descriptions-'))
  const { path } = folder
  cpSync(join(ROOT, 'docs/openapi'), path, { recursive: true })
  for (const authorization of ['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS'])
    writeFileSync(join(path, `${authorization}.json`), JSON.stringify(describedApi(everything, { authorization })))
  const files = readdirSync(path)
  await tool('redocly', ['lint', '--extends=recommended-strict', ...files], path)
  writeFileSync(join(path, 'ruleset.yaml'), 'extends: ["spectral:oas"]\n')
  await tool('spectral', ['lint', '--fail-severity=hint', '--ruleset=ruleset.yaml', ...files], path)
})
