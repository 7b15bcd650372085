/** `make sbom`: writes a bill of materials of each image, `dist/<image>.cdx.json` (CycloneDX 1.6). */
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as esbuild from 'esbuild'
import { buildOptions, type Image, images } from './build.ts'
import { baseImage } from './deploy/content.ts'

const root = resolve(import.meta.dirname, '..')

/** A package of which a bundle holds something. */
export interface BundledPackage {
  readonly name: string
  /** Folder, relative to the project's; two versions of one package have two. */
  readonly path: string
  readonly version: string
  readonly license: string
  /** As npm's lock file has it: `sha512-<base64>`. */
  readonly integrity: string
  /** Bytes in the bundles, minified. */
  readonly bytes: number
}

interface LockedPackage {
  readonly version: string
  readonly license?: string
  readonly integrity: string
}

/** The packages that are really in an image's bundles: what esbuild took, and nothing that was only installed. */
export async function bundledPackages(image: Image): Promise<BundledPackage[]> {
  const { metafile } = await esbuild.build({
    ...buildOptions(image, join('dist', image)),
    write: false,
    metafile: true,
  })
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  const bytes = new Map<string, number>()
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      // From the first such folder on, which may be a link to one elsewhere, to the last.
      const path = /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]
      if (path !== undefined && bytesInOutput > 0) bytes.set(path, (bytes.get(path) ?? 0) + bytesInOutput)
    }
  }
  return [...bytes]
    .map(([path, size]) => {
      const { version, license = 'unknown', integrity }: LockedPackage = packages[path]
      return {
        name: path.slice(path.lastIndexOf('node_modules/') + 13),
        path,
        version,
        license,
        integrity,
        bytes: size,
      }
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Media type of a bill. */
export const CYCLONEDX = 'application/vnd.cyclonedx+json'

/**
 * The bill of an image: the base image by name, for what is in that its own scan tells, and the packages in the bundles. The
 * same content gives the same bytes: it has no time, and its number is made from its content.
 */
export const billOf = async (image: Image): Promise<string> =>
  cyclonedx(image, await baseImage(image), await bundledPackages(image))

function cyclonedx(image: Image, base: string, packages: readonly BundledPackage[]): string {
  const libraries = packages.map(({ name, version, license, integrity }) => {
    const purl = `pkg:npm/${name.replace(/^@/, '%40')}@${version}`
    const content = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex')
    return {
      type: 'library',
      'bom-ref': purl,
      name,
      version,
      purl,
      licenses: [{ expression: license }],
      hashes: [{ alg: 'SHA-512', content }],
    }
  })
  const [, repository = '', name = '', tag = ''] = /^(.*\/([^/:]+)):(.+)$/.exec(base) ?? []
  const purl = `pkg:oci/${name}?repository_url=${repository}&tag=${tag}`
  const components = [{ type: 'container', 'bom-ref': purl, name: repository, version: tag, purl }, ...libraries]
  const hash = createHash('sha256').update(JSON.stringify(components)).digest('hex')
  const uuid = hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-5$3-8$4-$5')
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: { component: { type: 'container', 'bom-ref': `my_lambda:${image}`, name: `my_lambda:${image}` } },
    components,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

if (import.meta.main) {
  await mkdir(join(root, 'dist'), { recursive: true })
  for (const image of images) {
    const file = join('dist', `${image}.cdx.json`)
    await writeFile(join(root, file), await billOf(image))
    console.log(file)
  }
}
