import { execFileSync, spawnSync } from 'node:child_process'
import { freePort } from '../local/port.ts'
import { checkout, Dev } from '../test/helpers/dev.ts'

/** A service that requests can be sent to. */
export interface Running {
  readonly port: number
  /** Resident memory of its processes by their ids, bytes. */
  memory(): Map<number, number>
  stop(): Promise<void>
}

/** That on `PORT`, if given; else one of its own, in a copy with data of its own, which IMAGES=1 runs in containers. */
export async function running(env: NodeJS.ProcessEnv = process.env): Promise<Running> {
  if (env.PORT) return { port: Number(env.PORT), memory: () => new Map(), stop: async () => {} }
  const { folder, remove } = await checkout()
  const port = await freePort()
  const dev = new Dev(folder, { PORT: String(port), ...(env.IMAGES && { IMAGES: env.IMAGES }) })
  await dev.prints(/curl/, 0, env.IMAGES ? 300_000 : undefined)
  return {
    port,
    memory: () => memoryOf(dev.child.pid ?? 0),
    async stop() {
      await dev.ends('SIGTERM')
      await remove()
    },
  }
}

/** A process and all below it; those in containers are below none, but named by the `docker run` that is. */
export function memoryOf(root: number): Map<number, number> {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,args='], { encoding: 'utf8', maxBuffer: 1 << 26 })
    .trim()
    .split('\n')
  const processes = rows.map((row) => row.trim().split(/\s+/, 3).map(Number))
  const containers = rows.flatMap((row) => {
    const [, parent, name] = /^\s*\d+\s+(\d+)\s+\d+\s+docker run .*--name (\S+)/.exec(row) ?? []
    return name && Number(parent) === root ? [name] : []
  })
  const tree = new Set([root, ...containers.flatMap(pidOf)])
  // A parent may be listed after its child.
  for (let size = 0; size !== tree.size; ) {
    size = tree.size
    for (const [pid = 0, parent = 0] of processes) if (tree.has(parent)) tree.add(pid)
  }
  return new Map(processes.filter(([pid = 0]) => tree.has(pid)).map(([pid = 0, , rss = 0]) => [pid, rss * 1024]))
}

function pidOf(container: string): number[] {
  const { status, stdout } = spawnSync('docker', ['inspect', '--format', '{{.State.Pid}}', container], {
    encoding: 'utf8',
  })
  // It may be starting, or have ended.
  return status === 0 && Number(stdout) > 0 ? [Number(stdout)] : []
}
