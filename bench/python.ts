import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Contender } from './execution.ts'
import { ownRuntime, type Runtime } from './runtime.ts'

/** The Python that Debian's packages belong to, whatever else is on PATH. */
const PYTHON = '/usr/bin/python3'

const folder = join(import.meta.dirname, 'peers/python')

/** Where its modules are looked for beside Debian's; functions see nothing else of this machine's environment. */
const path: Record<string, string> = process.env.PYTHONPATH ? { PYTHONPATH: process.env.PYTHONPATH } : {}

const ask = (script: string): Promise<string | undefined> =>
  promisify(execFile)(PYTHON, ['-c', script]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  )

/** Versions of Python, PyMySQL and boto3; `undefined` where one of them is missing. */
export const pythonVersions = (): Promise<string | undefined> =>
  ask(
    'import platform, pymysql, boto3; print("Python", platform.python_version(), "· PyMySQL", pymysql.__version__, "· boto3", boto3.__version__)',
  )

/**
 * Version of AWS's runtime client for Python, `awslambdaric`, where Python finds it and AWS's drives Node.js too: minimal clients are
 * compared with each other, and AWS's with each other. It is in no Debian package: `pip install awslambdaric`, and PYTHONPATH leads to it.
 */
const awsPythonRuntime = async (runtime: Runtime): Promise<string | undefined> =>
  runtime === ownRuntime ? undefined : ask('import awslambdaric, runtime_client; print(awslambdaric.__version__)')

/** What drives Python's handlers, in words for the report. */
export async function describePythonRuntime(runtime: Runtime): Promise<string> {
  const version = await awsPythonRuntime(runtime)
  if (version) return `AWS's own runtime client (awslambdaric ${version})`
  return "a loop of 25 lines on its standard library, which starts sooner than AWS's client and takes in large events in half the time"
}

/** `bench/peers/python/MODULE.py`, with Debian's packages, by AWS's runtime client or by a loop on the standard library. */
export async function pythonContender(
  { name, module, runtime }: { name: string; module: string; runtime: Runtime },
  variables: Readonly<Record<string, string>>,
): Promise<Contender> {
  const handler = `${module}.handler`
  const args = (await awsPythonRuntime(runtime)) ? ['-m', 'awslambdaric', handler] : [join(folder, 'runtime.py')]
  return { name, command: PYTHON, args, taskRoot: folder, handler, variables: { ...variables, ...path } }
}
