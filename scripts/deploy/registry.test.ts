import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { Repository } from './registry.ts'

/** A registry that answers each path with what is given for it, as JSON; anything else is not there. */
async function repositoryWith(answers: Readonly<Record<string, unknown>>) {
  const server = createServer((request, response) => {
    const body = answers[request.url?.replace('/v2/shop/', '') ?? '']
    response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const repository = new Repository(`127.0.0.1:${(server.address() as AddressInfo).port}/shop`)
  return { repository, [Symbol.dispose]: () => void server.close().closeAllConnections() }
}

test('an image is its digest, its architecture and its labels', async () => {
  const config = { architecture: 'arm64', config: { Labels: { a: '1' } } }
  using given = await repositoryWith({ 'manifests/rds': { config: { digest: 'sha256:c' } }, 'blobs/sha256:c': config })
  const image = await given.repository.image('rds')
  assert.equal(image?.architecture, 'arm64')
  assert.deepEqual(image.labels, { a: '1' })
  assert.match(image.digest, /^sha256:[0-9a-f]{64}$/)
  assert.equal(await given.repository.image('s3'), undefined)
})

test('an index of several images, which Lambda refuses, is told as one', async () => {
  using given = await repositoryWith({ 'manifests/rds': { manifests: [{ digest: 'sha256:a' }] } })
  await assert.rejects(given.repository.image('rds'), /:rds is an index of several images, which Lambda refuses/)
})

test('a registry that cannot be reached is named', async () => {
  const { repository, [Symbol.dispose]: close } = await repositoryWith({})
  close()
  await assert.rejects(repository.image('rds'), /The registry 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/)
})
