import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { readDotenv } from './dotenv.ts'

const folder = mkdtempSync(join(tmpdir(), 'dotenv-'))
after(() => rmSync(folder, { recursive: true }))
const file = join(folder, '.env')
const read = (content: string | Uint8Array) => {
  writeFileSync(file, content)
  return readDotenv(file)
}

const lines = 'VPC_ID=vpc-0a\nDB_HOST=db.example.com\n'
for (const [what, content] of [
  ['a byte-order mark', `\ufeff${lines}`],
  ['line ends of Windows', lines.replaceAll('\n', '\r\n')],
  ['export, spaces, quotes and comments', '# 설정\n\n export VPC_ID = "vpc-0a" #\nDB_HOST=\'db.example.com\'\t#\n'],
  ['a comment that is no UTF-8', Buffer.concat([Buffer.from([0x23, 0xbc, 0xb3, 0x0a]), Buffer.from(lines)])],
] as const) {
  test(`.env with ${what} is read`, () => {
    assert.deepEqual(read(content), { values: { VPC_ID: 'vpc-0a', DB_HOST: 'db.example.com' }, problems: [] })
  })
}

for (const [what, content, problem] of [
  ['UTF-16', Buffer.from('\ufeffA=secret', 'utf16le'), /^\.env:1: .*save the file as UTF-8/],
  ['a value in code page 949', Buffer.from('413dc8abb1e6b5bf', 'hex'), /^\.env:1: .*save the file as UTF-8/],
  ['a space that is none', 'A=secret\u00a0', /^\.env:1: has invisible/],
  ['a line without =', 'A=b\n\nsecret', /^\.env:3: is not read alike by all: write NAME=value/],
  ['a name twice', 'A=b\nA=secret', /^\.env:2: A is there already/],
  ['a quote that stays open', 'A="secret\nB="c"', /^\.env:1: is not read/],
  ['a quote within quotes', "A='secret's'", /^\.env:1: is not read/],
  ['a # in a value', 'A=secret#cd', /^\.env:1: .*single quotes/],
  ['a backslash in double quotes', 'A="secret\\n"', /^\.env:1: .*single quotes/],
] as const) {
  test(`.env with ${what} is refused, with the line and without the value`, () => {
    const { problems } = read(content)
    assert.equal(problems.length, 1)
    assert.match(String(problems), problem)
    assert.doesNotMatch(String(problems), /secret/)
  })
}

test('a file that cannot be read is refused, one that is missing is none', () => {
  const directory = join(folder, 'folder')
  mkdirSync(directory)
  assert.match(readDotenv(directory).problems.join(), /folder cannot be read \(EISDIR\): make it/)
  assert.deepEqual(readDotenv(join(folder, 'missing')), { values: {}, problems: [] })
})

test('a value that is read is the one that Node.js reads', () => {
  const part = fc.constantFrom('a', 'DB', ' ', '=', '$', '\\', '#', ' #', "'", '"', '`', '홍', '$(x)', '$x', '%', '\\n')
  const line = fc.array(part, { maxLength: 8 }).map((parts) => `A=${parts.join('')}`)
  fc.assert(
    fc.property(line, (text) => {
      const { values, problems } = read(`${text}\nB=b\n`)
      assert.equal(values.B, 'b')
      // Alone, since Node.js 24 takes the next line for the value of `A= `.
      if (problems.length === 0) assert.equal(values.A, parseEnv(text).A)
    }),
    { numRuns: 500 },
  )
})
