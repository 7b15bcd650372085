import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { images } from './build.ts'
import { billOf, bundledPackages } from './sbom.ts'

const installed = (path: string) =>
  JSON.parse(readFileSync(new URL(`../${path}/package.json`, import.meta.url), 'utf8')).version

for (const image of images) {
  test(`the bill of materials of ${image} is what its bundles hold, in the versions that are installed`, async () => {
    const packages = await bundledPackages(image)
    const text = await billOf(image)
    const { components, serialNumber } = JSON.parse(text)
    const [base, ...libraries] = components
    assert.equal(base.purl, 'pkg:oci/nodejs?repository_url=public.ecr.aws/lambda/nodejs&tag=24')
    assert.equal(libraries.length, packages.length)
    const names = packages.map(({ name }) => name)
    assert.ok(names.includes('@middy/core') && names.includes('valibot'))
    assert.equal(names.includes('mysql2'), image === 'rds')
    assert.equal(names.includes('jose'), image === 's3')
    for (const tool of ['esbuild', 'cdktf', 'typescript', 'fast-check', '@biomejs/biome'])
      assert.ok(!names.includes(tool))
    for (const { name, path, version, license, integrity } of packages) {
      assert.equal(version, installed(path))
      assert.match(integrity, /^sha512-/)
      assert.match(license, /^(MIT|Apache-2\.0|ISC|0BSD|BSD-3-Clause)$/, `${name}: ${license}`)
    }
    for (const { purl, hashes } of libraries) {
      assert.match(purl, /^pkg:npm\/(%40[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+/)
      assert.match(hashes[0].content, /^[0-9a-f]{128}$/)
    }
    assert.match(serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(await billOf(image), text)
  })
}
