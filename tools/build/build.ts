/** Bundles a function: `node tools/build/build.ts rds dist/rds`. The images hold these bytes, and `make dev` runs them. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as esbuild from 'esbuild'
import { type Image, images } from './images.ts'
import { replaceModules } from './replacements.ts'

export { type Image, images }

const root = resolve(import.meta.dirname, '../..')

/** What an image starts with. */
const start = { index: 'functions/start.cjs', 'start-node': 'functions/start-node' }

/**
 * Files of an image beside `index`, which starts `function`, the bundle of its handlers: what that loads only when it needs it; and
 * the authorizer, which holds no other function's clients and reads no other's variables.
 */
const more: Partial<Record<Image, Record<string, string>>> = {
  rds: {
    'secret-reader': 'functions/rds/secret-reader.ts',
    authorities: 'functions/rds/authorities.ts',
    'driver-errors': 'node_modules/mysql2/lib/constants/errors.js',
  },
  s3: { authorize: 'functions/authorizer/index.ts' },
}

/**
 * How esbuild makes an image's files: CommonJS for Node.js 24, each with its map.
 *
 * The same sources give the same bytes, wherever the checkout lies; the map also depends on where `outdir` lies in it,
 * because its sources are relative, so that a stack trace names `functions/rds/handler.ts` in the image and at home.
 */
export function buildOptions(image: Image, outdir: string): esbuild.BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: { ...start, function: `functions/${image}/index.ts`, ...more[image] },
    outdir: resolve(root, outdir),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    loader: { '': 'copy' },
    // ES modules first: esbuild drops what is not used of them, and of CommonJS it cannot.
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    // A stack trace needs only the positions.
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    supported: { 'dynamic-import': false },
    // What starts a bundle is none of it.
    external: ['./function.js', './driver-errors.js'],
    plugins: [markAsCommonJs, dynamicParts, replaceModules],
  }
}

/** The project is of type `module`, so an output folder inside it has to say that its files are not. */
const markAsCommonJs: esbuild.Plugin = {
  name: 'mark-as-commonjs',
  setup(build) {
    const { outdir, write } = build.initialOptions
    if (outdir === undefined || write === false) return
    build.onStart(async () => {
      await mkdir(outdir, { recursive: true })
      await writeFile(join(outdir, 'package.json'), '{ "type": "commonjs" }\n')
    })
  },
}

/** A source that is imported by a call, `import('./secret-reader.ts')`, is a file of its own, read when the call is made. */
const dynamicParts: esbuild.Plugin = {
  name: 'dynamic-parts',
  setup(build) {
    build.onResolve({ filter: /^\.\/[\w-]+\.ts$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: path.replace(/\.ts$/, '.js'), external: true } : undefined,
    )
  },
}

function isImage(name: string | undefined): name is Image {
  return images.some((image) => image === name)
}

async function main([image, outdir = join('dist', image ?? '')]: readonly string[]): Promise<void> {
  if (!isImage(image)) {
    console.error(`There is no image "${image ?? ''}". Usage: node tools/build/build.ts ${images.join('|')} [OUTDIR]`)
    process.exitCode = 1
    return
  }
  await esbuild.build(buildOptions(image, outdir)).catch(() => {
    // esbuild has shown which line of which source is wrong.
    process.exitCode = 1
  })
}

if (import.meta.main) await main(process.argv.slice(2))
