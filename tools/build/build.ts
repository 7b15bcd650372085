/** Bundles a function: `node tools/build/build.ts <image> [OUTDIR]`. The images hold these bytes, and `make dev` runs them. */
import { globSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import * as esbuild from 'esbuild'
import { parts } from './parts.ts'
import { replacements } from './replacements.ts'

const root = resolve(import.meta.dirname, '../..')

/**
 * Entry points of an image: `index` starts `function`, built from the folder's `index.ts`. A file `index.<name>.ts` becomes the bundle
 * `<name>`, for a function that must not load the others' dependencies.
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
 * esbuild options for an image: CommonJS for Node.js 24, each file with a source map.
 *
 * Builds are reproducible: the same sources give the same bytes in any checkout. Source maps also depend on the place of `outdir`:
 * their paths are relative, so stack traces name `functions/…/handler.ts` in the image and locally.
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
    // ES modules first: esbuild can tree-shake them, unlike CommonJS.
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    // A stack trace needs only the positions.
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    supported: { 'dynamic-import': false },
    // `start.cjs` loads the bundle at run time.
    external: ['./function.js'],
    plugins: [parts, replacements],
  }) satisfies esbuild.BuildOptions

if (import.meta.main) {
  const [image = '', outdir = join('dist', image)] = process.argv.slice(2)
  // esbuild has already printed the errors with file and line.
  await esbuild.build(buildOptions(image, outdir)).catch(() => process.exit(1))
  // The project's package.json says `module`; this output is CommonJS.
  await writeFile(resolve(root, outdir, 'package.json'), '{ "type": "commonjs" }\n')
}
