import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as esbuild from 'esbuild'
import { images } from '../../terraform/settings.ts'
import { buildOptions } from '../../tools/build/build.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const manifests = ['', 'tools/', 'test/'].map((folder) => JSON.parse(read(`${folder}package.json`)))
const direct: Record<string, string> = Object.assign(
  {},
  ...manifests.flatMap(({ dependencies, devDependencies }) => [dependencies, devDependencies]),
)
const { optionalDependencies: platforms } = JSON.parse(read('tools/node/package.json'))
type Locked = Readonly<{ version: string; license?: string; integrity?: string } & Record<string, unknown>>
const packages: Record<string, Locked> = JSON.parse(read('package-lock.json')).packages

test('docs/dependencies.md lists exactly the direct dependencies, with purpose and maintainer', () => {
  const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| [^|]+ \| [^|]+ \|$/gm)]
  const names = rows.map(([, name]) => name)
  assert.deepEqual(names, Object.keys(direct))
})

test('the bundles hold only packages with permissive licences', async () => {
  for (const image of images) {
    const { metafile } = await esbuild.build({ ...buildOptions(image, `dist/${image}`), write: false, metafile: true })
    for (const [file, { bytesInOutput }] of Object.values(metafile.outputs).flatMap((o) => Object.entries(o.inputs))) {
      // From the first node_modules on, which may be a link, to the last.
      const path = /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]
      if (path === undefined || bytesInOutput === 0) continue
      const { license, dev } = packages[path] ?? assert.fail(path)
      assert.match(license ?? '', /^(MIT|Apache-2\.0|ISC|0BSD|BSD-3-Clause)$/, path)
      assert.ok(!dev, `${path} is a tool`)
    }
  }
})

test('every version is exact and locked by hash, also for other platforms', () => {
  const { node, ...versions } = { ...direct, ...platforms }
  assert.equal(node, 'file:tools/node')
  for (const [name, version] of Object.entries(versions)) {
    assert.match(String(version), /^\d+\.\d+\.\d+$/, name)
    assert.equal(packages[`node_modules/${name}`]?.version, version)
  }
  for (const [path, { integrity, inBundle, link }] of Object.entries(packages)) {
    // The hash of a package covers its bundled dependencies.
    if (path.startsWith('node_modules/') && !inBundle && !link) assert.match(integrity ?? '', /^sha512-/, path)
  }
})
