import { existsSync } from 'node:fs'
import { glob, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandError, run as runCommand } from '../../process/command.ts'
import { makeFolder } from '../../process/whole-folder.ts'

/** Settings of the system that say how to reach its archives. The rest, such as hooks that clean the system's cache, is left out. */
const KEPT = /^(Acquire::(?!IndexTargets|Languages|Changelogs|CompressionTypes)|APT::(Architecture|Default-Release))/

/**
 * Downloads a Debian or Ubuntu package with the libraries that the system lacks, and unpacks them into `folder`, which appears whole
 * or not at all. apt works on folders of its own: it needs no rights, and the system stays as it is.
 * @param name also finds `name-1.2`, as older releases call it.
 * @param files more files to write into the folder, by name; executable.
 * @throws Error with apt's own words.
 */
export async function unpackPackage(name: string, folder: string, files: Record<string, string>): Promise<void> {
  await makeFolder(folder, async (temporary) => {
    const apt = join(temporary, 'apt')
    const env = { LC_ALL: 'C.UTF-8', APT_CONFIG: await configure(apt) }
    // It fails where one source of many does: whether that matters shows in the download.
    const failed = await run('apt-get', ['update'], env).then(
      () => undefined,
      (error: Error) => error,
    )
    const known = (await run('apt-cache', ['pkgnames', name], env)).split('\n')
    const versions = known
      .filter((each) => each.startsWith(name) && /^(-[\d.]+)?$/.test(each.slice(name.length)))
      .sort()
    const wanted = versions.includes(name) ? name : (versions.at(-1) ?? name)
    await run('apt-get', ['install', '--download-only', '--yes', '--no-install-recommends', wanted], env).catch(
      (error) => {
        throw failed ?? error
      },
    )
    const root = join(temporary, 'root')
    const archives = join(apt, 'cache/archives')
    for await (const archive of glob('*.deb', { cwd: archives })) {
      await run('dpkg-deb', ['--extract', join(archives, archive), root], env)
    }
    if (!existsSync(root)) throw failed ?? new Error(`${wanted} is installed, but not in a usual place`)
    for (const [file, text] of Object.entries(files)) await writeFile(join(root, file), text, { mode: 0o755 })
  })
}

/** Path of a configuration that has apt use the system's sources, but no other folder than this one. */
async function configure(folder: string): Promise<string> {
  for (const part of ['state/lists/partial', 'cache/archives/partial'])
    await mkdir(join(folder, part), { recursive: true })
  const system = await run('apt-config', ['dump'])
  const settings = {
    'Dir::Etc::main': '/dev/null',
    'Dir::Etc::parts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Log': join(folder, 'log'),
    // As root, apt would download as a user who may not write here.
    'APT::Sandbox::User': 'root',
    'Debug::NoLocking': 'true',
    'Acquire::Languages': 'none',
    'APT::Update::Error-Mode': 'any',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '20',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";`)
  const file = join(folder, 'apt.conf')
  await writeFile(file, [...system.split('\n').filter((line) => KEPT.test(line)), ...lines, ''].join('\n'))
  return file
}

/** Runs a command of apt's or dpkg's. @throws Error with its own words. */
const run = (command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string> =>
  runCommand(command, args, { ...(env && { env }) }).catch((error: Error) => {
    throw error instanceof CommandError ? new Error(error.output.match(/^E: .*$/m)?.[0] ?? error.message) : error
  })
