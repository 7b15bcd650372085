import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { SettingsError, settingsVariables } from '../settings.ts'
import { readDotenv } from './dotenv.ts'

const folder = mkdtempSync(join(tmpdir(), 'dotenv-'))
after(() => rmSync(folder, { recursive: true }))
const file = join(folder, '.env')
const read = (content: string | Uint8Array) => {
  writeFileSync(file, content)
  return readDotenv(file)
}

test('reads .env as shells and Windows editors write it', () => {
  const lines = 'VPC_ID=vpc-0a\nDB_HOST=db.example.com\n'
  const inCodePage949 = Buffer.from([0x23, 0xbc, 0xb3, 0x0a])
  for (const content of [
    `\ufeff${lines}`,
    lines.replaceAll('\n', '\r\n'),
    '# 설정\n\n export VPC_ID = "vpc-0a" #\nDB_HOST=\'db.example.com\'\t#\n',
    Buffer.concat([inCodePage949, Buffer.from(lines)]),
  ])
    assert.deepEqual(read(content), { values: { VPC_ID: 'vpc-0a', DB_HOST: 'db.example.com' }, problems: [] })
})

test('refuses an ambiguous .env with the line number and without the value', () => {
  for (const [content, problem] of [
    [Buffer.from('\ufeffA=secret', 'utf16le'), /^\.env:1: .*save the file as UTF-8/],
    [Buffer.from('413dc8abb1e6b5bf', 'hex'), /^\.env:1: .*save the file as UTF-8/],
    ['A=secret\u00a0', /^\.env:1: has invisible/],
    ['A=b\n\nsecret', /^\.env:3: is ambiguous to other programs: write NAME=value/],
    ['A=b\nA=secret', /^\.env:2: A is already set/],
    ["A='secret's'", /^\.env:1: is ambiguous/],
    ['A=secret#cd', /^\.env:1: .*single quotes/],
    ['A="secret\\n"', /^\.env:1: .*single quotes/],
  ] as const) {
    const { problems } = read(content)
    assert.equal(problems.length, 1)
    assert.match(String(problems), problem)
    assert.doesNotMatch(String(problems), /secret/)
  }
})

test('the environment wins over .env, also for other programs; an unreadable file is an error, a missing one is not', () => {
  read('PATH=/nowhere\nBUCKET_NAME="my-files"\nPORT=3001\n')
  const { PATH, BUCKET_NAME, PORT } = settingsVariables(file)
  assert.deepEqual([PATH, BUCKET_NAME, PORT], [process.env.PATH, 'my-files', '3001'])
  assert.deepEqual(settingsVariables(`${file}.missing`), { ...process.env })
  assert.throws(() => settingsVariables(folder), SettingsError)
  const link = join(folder, 'link')
  symlinkSync('nowhere', link)
  for (const path of [folder, link]) assert.match(readDotenv(path).problems.join(), /cannot be read \(E\w+\): make it/)
})

test('reads every accepted value as Node.js does', () => {
  const part = fc.constantFrom('a', 'DB', ' ', '=', '$', '\\', '#', ' #', "'", '"', '`', '홍', '$(x)', '$x', '%', '\\n')
  const line = fc.array(part, { maxLength: 8 }).map((parts) => `A=${parts.join('')}`)
  fc.assert(
    fc.property(line, (text) => {
      const { values, problems } = read(`${text}\nB=b\n`)
      assert.equal(values.B, 'b')
      // One line alone: Node.js 24 reads the next line as the value of `A= `.
      if (problems.length === 0) assert.equal(values.A, parseEnv(text).A)
    }),
    { numRuns: 500 },
  )
})
