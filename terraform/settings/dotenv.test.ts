import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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
  ['UTF-16LE, as PowerShell 5 writes it', Buffer.from(`\ufeff${lines}`, 'utf16le')],
  ['UTF-16BE', Buffer.from(`\ufeff${lines}`, 'utf16le').swap16()],
  ['line ends of Windows', lines.replaceAll('\n', '\r\n')],
  ['line ends of old Macs', lines.replaceAll('\n', '\r')],
  ['export, spaces, quotes and comments', '# 설정\n\n export VPC_ID = "vpc-0a" #\nDB_HOST=\'db.example.com\'\t#\n'],
  ['a comment that is no UTF-8', Buffer.concat([Buffer.from([0x23, 0xbc, 0xb3, 0x0a]), Buffer.from(lines)])],
] as const) {
  test(`.env with ${what} is read`, () => {
    assert.deepEqual(read(content), { values: { VPC_ID: 'vpc-0a', DB_HOST: 'db.example.com' }, problems: [] })
  })
}

for (const [what, content, problem] of [
  ['UTF-16 without a byte-order mark', Buffer.from('A=secret', 'utf16le'), /^\.env:1: .*save the file as UTF-8/],
  ['a value in code page 949', Buffer.from('413dc8abb1e6b5bf', 'hex'), /^\.env:1: .*save the file as UTF-8/],
  ['a NUL', 'A=b\nB=secret\0', /^\.env:2: has invisible/],
  ['a second byte-order mark', 'A=b\n\ufeffB=secret', /^\.env:2: has invisible/],
  ['a space that is none', 'A=secret\u00a0', /^\.env:1: has invisible/],
  ['a line without =', 'A=b\n\nsecret', /^\.env:3: is no assignment: write NAME=value/],
  ['a line of PowerShell', '$env:A = "secret"', /^\.env:1: is no assignment/],
  ['a name twice', 'A=b\nA=secret', /^\.env:2: A is in line 1 already/],
  ['a quote that stays open', 'A="secret\nB="c"', /^\.env:1: A has a " that is not closed/],
  ['a quote within quotes', "A='secret's'", /^\.env:1: A has text after the closing '/],
  ['a # in a value', 'A=secret#cd', /^\.env:1: A has a # .*single quotes/],
  ['a backslash in double quotes', 'A="secret\\n"', /^\.env:1: A has a \\ .*single quotes/],
] as const) {
  test(`.env with ${what} is refused, with the line and without the value`, () => {
    const { problems } = read(content)
    assert.equal(problems.length, 1)
    assert.match(String(problems), problem)
    assert.doesNotMatch(String(problems), /secret/)
  })
}

test('a folder, a link to nothing, and a file that may not be read are refused', () => {
  const paths = ['folder', 'link', 'file'].map((name) => join(folder, name))
  const [directory = '', link = '', closed = ''] = paths
  mkdirSync(directory)
  symlinkSync('nowhere', link)
  writeFileSync(closed, 'A=b')
  chmodSync(closed, 0)
  // Root may read every file.
  for (const path of process.getuid?.() === 0 ? [directory, link] : paths)
    assert.match(readDotenv(path).problems.join(), new RegExp(`^${path} cannot be read \\(E[A-Z]+\\): make it`))
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

test('any value can be written: in quotes that it does not have', () => {
  const printable = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !/[\p{C}\p{Z}\ufffd]/u.test(text))
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[A-Z]{1,9}$/), printable), (wanted) => {
      const usable = Object.entries(wanted).filter(([, value]) => !(value.includes("'") && value.includes('`')))
      const written = usable.map(([name, value]) => {
        const quote = value.includes("'") ? '`' : "'"
        return `${name}=${quote}${value}${quote}`
      })
      const { values, problems } = read(written.join('\r\n'))
      assert.deepEqual(problems, [])
      assert.deepEqual(values, Object.fromEntries(usable))
    }),
  )
})
