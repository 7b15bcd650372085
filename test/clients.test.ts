/** The API descriptions, held against the linters that people have. */
import { globSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { installGenerators, tool } from './helpers/generated-clients.ts'

const folder = resolve(import.meta.dirname, '../docs/openapi')
const files = globSync('*.json', { cwd: folder })
const skip = await installGenerators()

test('redocly finds nothing', { skip }, async () => {
  await tool('redocly', ['lint', '--extends=recommended-strict', ...files], folder)
})

test('spectral finds nothing', { skip }, async () => {
  await using temporary = await mkdtempDisposable(join(tmpdir(), 'spectral-'))
  const ruleset = join(temporary.path, 'ruleset.yaml')
  writeFileSync(ruleset, 'extends: ["spectral:oas"]\n')
  await tool('spectral', ['lint', '--fail-severity=hint', '--ruleset', ruleset, ...files], folder)
})
