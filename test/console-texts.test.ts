import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { en } from '../tools/console/page/texts/en.js'
import { ko, messages } from '../tools/console/page/texts/ko.js'

const read = (pattern: string) =>
  globSync(pattern, { cwd: new URL('..', import.meta.url) })
    .filter((file) => !/\.test\.ts$|texts\//.test(file))
    .map((file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))
    .join('\n')
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()

test('both languages have the same texts, with the same values in them', () => {
  assert.deepEqual(Object.keys(ko), Object.keys(en))
  for (const [key, text] of Object.entries(en)) {
    const korean = ko[key as keyof typeof en]
    assert.deepEqual(placeholders(korean), placeholders(text), key)
    assert.ok(korean.trim() !== '' && text.trim() !== '', key)
  }
})

test('each message of the APIs that has a Korean text is one that they give', () => {
  const sources = read('functions/**/*.ts')
  for (const message of Object.keys(messages)) assert.ok(sources.includes(message), message)
})

test('what each call is for stands in Korean, too', () => {
  const [users, files] = ['rds', 's3'].map((name) =>
    JSON.parse(readFileSync(new URL(`../docs/openapi/${name}.json`, import.meta.url), 'utf8')),
  )
  const [tags, paths] = [[...users.tags, ...files.tags], { ...users.paths, ...files.paths }]
  const operations = Object.values<Record<string, { summary?: string }>>(paths).flatMap((path) => Object.values(path))
  const told = [
    ...tags.map(({ description }: { description: string }) => description),
    ...operations.flatMap(({ summary }) => summary ?? []),
  ]
  assert.ok(told.length > 8)
  assert.deepEqual(
    told.filter((text) => !(text in messages)),
    [],
  )
})

test('no text is left over', () => {
  const sources = read('tools/console/page/**/*.js')
  const found = (key: string) => {
    // Some keys are put together from a part and a code.
    const [, prefix = '', code = ''] = /^(.*\.)([^.]+)$/.exec(key) ?? []
    return (
      sources.includes(`'${key}'`) ||
      (sources.includes(`\`${prefix}\${`) && code !== '') ||
      /^(problem|note)\./.test(key)
    )
  }
  const unused = Object.keys(en).filter((key) => !found(key))
  assert.deepEqual(unused, [])
  const codes = [...read('tools/console/page/presign/*.js').matchAll(/code: '(\w+)'/g)].map(([, code]) => code)
  for (const code of codes) assert.ok(`problem.${code}` in en || `note.${code}` in en, code)
  for (const key of Object.keys(en)) {
    const [, code] = /^(?:problem|note)\.(\w+)$/.exec(key) ?? []
    if (code) assert.ok(codes.includes(code), key)
  }
})
