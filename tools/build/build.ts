/** Bundles a function: `node tools/build/build.ts <image> [OUTDIR]`. The images hold these bytes, and `make dev` runs them. */
import { existsSync, globSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import * as esbuild from 'esbuild'
import { images, root } from './images.ts'
import { buildParts, type Parts } from './parts.ts'
import { replaceModules } from './replacements.ts'

/** What an image starts with. */
const start = { index: 'functions/start.cjs', 'start-node': 'functions/start-node' }

/**
 * The bundles of an image: `index` starts `function`, from `index.ts` of its folder; `index.<name>.ts` is `<name>`, for a function that
 * must not load what the others do.
 */
function entriesOf(image: string): Record<string, string> {
  const more = globSync(`functions/${image}/index.*.ts`, { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  return {
    ...start,
    function: `functions/${image}/index.ts`,
    ...Object.fromEntries(more.map((file) => [basename(file, '.ts').slice('index.'.length), file])),
  }
}

/**
 * How esbuild makes an image's files: CommonJS for Node.js 24, each with its map.
 *
 * The same sources give the same bytes, wherever the checkout lies; the map also depends on where `outdir` lies in it,
 * because its sources are relative, so that a stack trace names `functions/…/handler.ts` in the image and at home.
 */
export function buildOptions(image: string, outdir: string): esbuild.BuildOptions {
  const parts: Parts = new Map()
  const shared: esbuild.BuildOptions = {
    absWorkingDir: root,
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
    external: ['./function.js'],
    plugins: [replaceModules(parts)],
  }
  return {
    ...shared,
    entryPoints: entriesOf(image),
    plugins: [markAsCommonJs, buildParts(parts, shared), ...(shared.plugins ?? [])],
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

async function main([image = '', outdir = join('dist', image)]: readonly string[]): Promise<void> {
  if (!/^[\w-]+$/.test(image) || !existsSync(join(root, `functions/${image}/index.ts`))) {
    console.error(`There is no image "${image}". Usage: node tools/build/build.ts ${images.join('|')} [OUTDIR]`)
    process.exitCode = 1
    return
  }
  await esbuild.build(buildOptions(image, outdir)).catch(() => {
    // esbuild has shown which line of which source is wrong.
    process.exitCode = 1
  })
}

if (import.meta.main) await main(process.argv.slice(2))
