/** Runs `make test`: lint, types, every test, coverage of `functions/`. The last line is `N passed, N failed`. */
import '../tools/process/closed-output.ts'
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { pathToFileURL } from 'node:url'
import { CHOICES, obtainServer } from '../tools/local/database/find.ts'
import { canStartMysql, startMysql, startTestServer } from './helpers/database-servers.ts'
import { installBrowser } from './helpers/installed.ts'

/** Minimum branch coverage of `functions/`, in percent. */
const BRANCH_COVERAGE = 95

/** Tests, and the smoke tests of `make smoke`: images exclude them. */
const NO_PRODUCT = ['**/*.test.ts', '**/smoke.ts']

/** Timeout of a test file, in milliseconds; the longest takes a third of it on a slow machine. */
const TIMEOUT = 8 * 60_000

const root = resolve(import.meta.dirname, '..')
const temporary = mkdtempSync(join(tmpdir(), 'tests-'))
process.on('exit', () => rmSync(temporary, { recursive: true }))
/** Test files to run alone, without checks and coverage. */
const given = process.argv.slice(2)
const counts = { passed: 0, failed: 0, skipped: 0 }
const inCi = process.env.CI === 'true'

/** Counts a check as a test. @param advice printed after a failure. */
function check(passed: boolean, advice: string): void {
  counts[passed ? 'passed' : 'failed'] += 1
  if (!passed) console.log(`\n✖ ${advice}`)
}

async function runTests(files: readonly string[], coverage = false): Promise<void> {
  let measured = false
  const stream = run({
    cwd: root,
    files: files.map((file) => resolve(root, file)),
    concurrency: 2,
    timeout: TIMEOUT,
    execArgv: ['--import', pathToFileURL(join(root, 'test/helpers/leftovers.ts')).href],
    coverage,
    coverageIncludeGlobs: ['functions/**/*.ts'],
    coverageExcludeGlobs: NO_PRODUCT,
  })
  stream.on('test:summary', ({ file, counts: { tests, passed, skipped } }) => {
    // The summary of all files has no file name.
    if (file !== undefined) return
    counts.passed += passed
    counts.failed += tests - passed - skipped
    counts.skipped += skipped
  })
  stream.on('test:coverage', ({ summary: { totals, files: loaded } }) => {
    measured = true
    const paths = new Set(loaded.map(({ path }) => path))
    const sources = globSync('functions/**/*.ts', { cwd: root, exclude: NO_PRODUCT })
    const untested = sources.filter((file) => !paths.has(join(root, file)))
    check(untested.length === 0, `No test loads ${untested.join(', ')}.`)
    const percent = totals.coveredBranchPercent
    check(
      percent >= BRANCH_COVERAGE,
      `Branch coverage of functions/ is ${percent.toFixed(2)} %, and has to be ${BRANCH_COVERAGE} %: test what the report above lists.`,
    )
  })
  for await (const chunk of stream.compose(spec())) process.stdout.write(chunk as string)
  if (coverage && !measured) check(false, 'The coverage of functions/ could not be measured: see the warning above.')
}

const find = (pattern: string) =>
  globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', 'test/fixtures/**'] }).sort()

/** Tests outside functions/; those of the whole program start first, so that no long one runs last. */
function otherTests(): string[] {
  // In one process, because loading cdktf takes longer than these tests.
  const terraform = join(temporary, 'terraform.mjs')
  const imports = find('terraform/**/*.test.ts').map((file) => `import '${pathToFileURL(join(root, file))}'\n`)
  writeFileSync(terraform, imports.join(''))
  return [terraform, ...find('test/**/*.test.ts'), ...find('tools/**/*.test.ts')]
}

const functionTests = find('functions/**/*.test.ts')
/** Database tests, repeated on MySQL: RDS runs MySQL, `make dev` MariaDB. */
const databaseTests = (given.length > 0 ? given : functionTests).filter((file) =>
  readFileSync(join(root, file), 'utf8').includes('openDatabase('),
)
// Starts in parallel with the checks and the first tests.
const mysql = databaseTests.length > 0 && canStartMysql ? startMysql() : Promise.resolve(undefined)
mysql.catch(() => undefined)

async function runOnMysql(): Promise<void> {
  if (databaseTests.length === 0) return
  const port = await mysql
  if (port) {
    process.env.TEST_MYSQL = String(port)
    console.log('\nOn MySQL:')
    await runTests(databaseTests)
    delete process.env.TEST_MYSQL
  } else {
    console.log('\nskipped: tests of the database on MySQL, for which ../shared/mysql/server and root are needed')
    counts.skipped += 1
  }
}

if (given.length === 0) {
  const { status } = spawnSync('make', ['--no-print-directory', 'check'], { cwd: root, stdio: 'inherit' })
  check(status === 0, 'Lint, format or types: see the lines above; `make format` mends most of the first two.')
}
if (!(await obtainServer(console.log))) throw new Error(CHOICES)
await installBrowser()
const mariadb = databaseTests.length > 0 ? await startTestServer() : undefined
if (mariadb) process.env.TEST_MARIADB = String(mariadb.port)
if (given.length > 0) {
  await runTests(given)
  await runOnMysql()
} else {
  // Separate, because other tests kill Node.js processes, which leave incomplete coverage files.
  await runTests(functionTests, true)
  // Shared by the processes of test files. With coverage, cached code would count as uncovered.
  process.env.NODE_COMPILE_CACHE = join(temporary, 'compile-cache')
  await runOnMysql()
  await runTests(otherTests())
}
await mariadb?.stop()
if (inCi && counts.skipped > 0) check(false, `${counts.skipped} tests were skipped, and in CI none may be.`)
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`)
process.exitCode = counts.failed > 0 ? 1 : 0
