/**
 * `make audit`: writes a bill of materials of what the images are made from (CycloneDX), and asks npm's registry for known
 * vulnerabilities in it. Exit status 1: there are; 2: nobody knows.
 */
import '../process/closed-output.ts'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandError, ROOT, run } from '../process/command.ts'

const BILL = 'dist/bom.cdx.json'

interface Report {
  readonly message?: string
  readonly metadata?: {
    readonly dependencies: { readonly prod: number }
    readonly vulnerabilities: { readonly total: number }
  }
}

/** npm ends with 1 where there is a vulnerability, and where it could not ask: only its report tells one from the other. */
const audit = (...options: string[]): Promise<string> =>
  run('npm', ['audit', '--omit=dev', '--loglevel=silent', ...options]).catch((error: Error) => {
    if (error instanceof CommandError) return error.output
    throw error
  })

await mkdir(join(ROOT, 'dist'), { recursive: true })
await writeFile(
  join(ROOT, BILL),
  await run('npm', ['sbom', '--omit=dev', '--package-lock-only', '--sbom-format=cyclonedx']),
)
console.log(`Bill of materials: ${BILL}`)

const text = await audit('--json')
const { message, metadata }: Report = JSON.parse(text.slice(text.indexOf('{')) || '{}')
if (metadata === undefined) {
  console.error(`Nothing is known: npm's registry could not be asked (${message ?? 'it gave no report'}).`)
  console.error(
    "Not every registry answers that. Where another is set, name npm's own: npm_config_registry=… make audit",
  )
  process.exitCode = 2
} else if (metadata.vulnerabilities.total > 0) {
  console.log(await audit())
  process.exitCode = 1
} else {
  console.log(`No known vulnerability in the ${metadata.dependencies.prod} packages of the images.`)
}
