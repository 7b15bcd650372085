import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { names } from './contenders.ts'
import { type Contender, execute } from './execution.ts'
import type { Stage } from './stage.ts'
import { events, FILE_SIZE, fileOf, ROWS } from './workload.ts'

/**
 * Holds what contenders do against what is measured, by what then is in the database and the bucket. The original's answers have another shape.
 * @throws Error that names the contender.
 */
export async function sameUsers(contenders: readonly Contender[], stage: Stage): Promise<void> {
  for (const contender of contenders.filter(({ name }) => name !== names.empty)) {
    const [list, create] = await answersOf(contender, events.list, events.create)
    assert.equal(JSON.parse(list).users.length, ROWS, contender.name)
    assert.match(create, /User created successfully!/, contender.name)
    const [rows] = await stage.connection.query('SELECT name, age FROM Users WHERE id > ?', [ROWS])
    assert.deepEqual(rows, [{ name: 'Ada', age: 36 }], contender.name)
    await stage.restore()
  }
}

/** As sameUsers. */
export async function sameFiles(contenders: readonly Contender[]): Promise<void> {
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  for (const contender of contenders.filter(({ name }) => name !== names.empty)) {
    const [upload, link] = await answersOf(contender, events.upload, events.link)
    assert.match(upload, /File uploaded!/, contender.name)
    const download = await fetch(JSON.parse(link).url)
    assert.equal(digest(await download.bytes()), digest(fileOf(FILE_SIZE)), `${contender.name} stored other bytes`)
  }
}

async function answersOf(contender: Contender, ...of: readonly [Buffer, Buffer]): Promise<[string, string]> {
  const { answers } = await execute(
    contender,
    of.map((event) => ({ event, times: 1 })),
  )
  return answers.map((answer) => {
    const { statusCode, body } = JSON.parse(answer)
    assert.equal(statusCode, 200, `${contender.name}: ${answer}`)
    return body
  }) as [string, string]
}
