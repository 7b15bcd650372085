import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const docs = resolve(import.meta.dirname, '../docs')
const read = (path: string) => readFileSync(join(docs, path), 'utf8')
const text = read('from-ec2.md')

test('what it links to is there', () => {
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target.replace(/#.*/, ''))
  assert.ok(links.length > 10)
  assert.deepEqual(
    links.filter((target) => !existsSync(join(docs, target))),
    [],
  )
})

test('its commands are those of the Makefile, its settings those of docs/settings.md and the README', () => {
  const verbs = new Set([...read('../Makefile').matchAll(/^([a-z-]+):.*## /gm)].map(([, verb]) => verb))
  const used = [...text.matchAll(/make ([a-z-]+)(?=[`\s])/g)].map(([, verb]) => verb)
  assert.ok(used.length > 8)
  // The file's own title is no command.
  assert.deepEqual(
    [...new Set(used)].filter((verb) => !verbs.has(verb) && verb !== 'it'),
    [],
  )
  const known = read('settings.md') + read('../README.md')
  const settings = [...text.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([name]) => name)
  assert.deepEqual(
    [...new Set(settings)].filter((name) => !known.includes(`\`${name}\``)),
    [],
  )
})
