import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from '../../tools/process/command.ts'

const CODE_BLOCK = /^```.*?^```$/gms
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([whole, part]) => part ?? whole)

/** Parts of a section that a translation keeps, except for the language link; sorted, since word order differs. */
const section = (text: string) => {
  const prose = text.replaceAll(CODE_BLOCK, '').replaceAll(/^\[(한국어|English)\]\(README\.(ko\.)?md\)$/gm, '')
  const words = prose.replaceAll(/`[^`]+`/g, '')
  return {
    level: /^#+/.exec(text)?.[0].length ?? 0,
    blocks: all(text, CODE_BLOCK),
    code: all(prose, /`([^`]+)`/g).sort(),
    links: all(words, /!?\[[^\]]*\]\(([^)]+)\)|https?:\/\/[^\s)]+/g).sort(),
    rows: all(prose, /^\|([^|]*)\|.*\|$/gm).map((cell) => cell.includes('`') && cell),
    numbers: all(words.replaceAll(/\]\([^)]+\)/g, ']'), /\d+(?:[.,]\d+)*/g).sort(),
  }
}

/** Splits at headings, ignoring `#` inside code blocks. */
const sections = (text: string) =>
  text
    .replaceAll(CODE_BLOCK, (block) => block.replaceAll(/^#/gm, '\0'))
    .split(/^(?=#{1,6} )/m)
    .map((part) => section(part.replaceAll('\0', '#')))

const [english = '', korean = ''] = ['README.md', 'README.ko.md'].map((path) => readFileSync(join(ROOT, path), 'utf8'))

test('README.md and README.ko.md begin with links to each other', () => {
  assert.match(english, /^# my_lambda\n\n\[한국어\]\(README\.ko\.md\)\n\n/)
  assert.match(korean, /^# my_lambda\n\n\[English\]\(README\.md\)\n\n/)
})

test('README.ko.md has the headings, code, links, tables and numbers of each section of README.md', () => {
  assert.ok(sections(english).length > 5)
  assert.deepEqual(sections(korean), sections(english))
})

test('README.ko.md is in Korean: each paragraph, and each heading but the name', () => {
  const prose = korean.replaceAll(CODE_BLOCK, '')
  const paragraphs = prose.split(/\n{2,}/).filter((text) => !/^(#|\||\[English\]|\s*$)/.test(text))
  for (const text of [...all(prose, /^## (.*)$/gm), ...paragraphs]) assert.match(text, /[가-힣]/)
})
