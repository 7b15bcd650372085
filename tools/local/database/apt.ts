import { existsSync } from 'node:fs'
import { glob, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../process/command.ts'
import { makeFolder } from '../../process/whole-folder.ts'

/** System settings needed to reach its package archives. Others are dropped, e.g. hooks that clean the system's cache. */
const KEPT = /^(Acquire::(?!IndexTargets|Languages|Changelogs|CompressionTypes)|APT::(Architecture|Default-Release))/

/** Debian's and Ubuntu's package; older releases add its version to the name. */
const PACKAGE = /^mariadb-server-core(-[\d.]+)?$/

/** Launcher that points the server to its unpacked libraries and files: it expects them under `/`. */
const LAUNCHER = `#!/bin/sh
here=$(dirname "$0")
for folder in "$here"/lib/*-linux-* "$here"/usr/lib/*-linux-*; do
  [ ! -d "$folder" ] || LD_LIBRARY_PATH=$folder\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
done
export LD_LIBRARY_PATH
exec "$here/usr/sbin/mariadbd" "$@" --basedir="$here/usr"
`

/**
 * Downloads MariaDB's server with the libraries that the system lacks, and unpacks them into `folder`, atomically, with a launcher
 * `mariadbd`. apt works in a temporary folder: it needs no root rights, and the system stays unchanged.
 * @throws Error with apt's output; its errors are lines that begin with `E: `.
 */
export async function unpackMariadb(folder: string): Promise<void> {
  await makeFolder(folder, async (temporary) => {
    const apt = join(temporary, 'apt')
    const options = { env: { LC_ALL: 'C.UTF-8', APT_CONFIG: await configure(apt) } }
    // One unreachable source fails the whole update; the download shows whether it was needed.
    const [update] = await Promise.allSettled([run('apt-get', ['update'], options)])
    const explain = (error: unknown) => (update.status === 'rejected' ? update.reason : error)
    const known = (await run('apt-cache', ['pkgnames', 'mariadb-server-core'], options)).split('\n')
    const [name = 'mariadb-server-core'] = known.filter((each) => PACKAGE.test(each)).sort()
    const install = ['install', '--download-only', '--yes', '--no-install-recommends', name]
    await run('apt-get', install, options).catch((error) => Promise.reject(explain(error)))
    const root = join(temporary, 'root')
    const archives = join(apt, 'cache/archives')
    for await (const archive of glob('*.deb', { cwd: archives }))
      await run('dpkg-deb', ['--extract', join(archives, archive), root], options)
    if (!existsSync(root)) throw explain(new Error(`${name} is installed, but not in a usual place`))
    await writeFile(join(root, 'mariadbd'), LAUNCHER, { mode: 0o755 })
  })
}

/** Writes a configuration that makes apt use the system's sources, and only this folder. @returns its path. */
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
    // Run by root, apt downloads as user _apt, who cannot write here.
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
