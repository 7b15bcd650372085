/** Bundles a function: `node tools/build/build.ts <image> [OUTDIR]`. The images hold these bytes, and `make dev` runs them. */
import { globSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import * as esbuild from 'esbuild'
import { parts } from './parts.ts'
import { replacements } from './replacements.ts'

const root = resolve(import.meta.dirname, '../..')

/**
 * The bundles of an image: `index` starts `function`, from `index.ts` of its folder; `index.<name>.ts` is `<name>`, for a function that
 * must not load what the others do.
 */
function entriesOf(image: string): Record<string, string> {
  const more = globSync(`functions/${image}/index.*.ts`, { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  return {
    index: 'functions/start.cjs',
    'start-node': 'functions/start-node',
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
export const buildOptions = (image: string, outdir: string) =>
  ({
    absWorkingDir: root,
    entryPoints: entriesOf(image),
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
    plugins: [parts, replacements],
  }) satisfies esbuild.BuildOptions

if (import.meta.main) {
  const [image = '', outdir = join('dist', image)] = process.argv.slice(2)
  // esbuild shows which line of which source is wrong.
  await esbuild.build(buildOptions(image, outdir)).catch(() => process.exit(1))
  // The project is of type `module`, so an output folder inside it has to say that its files are not.
  await writeFile(resolve(root, outdir, 'package.json'), '{ "type": "commonjs" }\n')
}
