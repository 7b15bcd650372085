import { glob, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Age in milliseconds at which what an interrupted call left is removed. */
const ABANDONED = 60 * 60_000

/**
 * Makes a folder that appears whole or not at all, whatever interrupts it and however many do it at a time.
 * @param fill gets a temporary folder beside it, and makes `root` in there.
 */
export async function makeFolder(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true })
  for await (const name of glob(`${basename(folder)}.*`, { cwd: parent })) {
    const left = join(parent, name)
    if ((await stat(left)).mtimeMs < Date.now() - ABANDONED) await rm(left, { recursive: true, force: true })
  }
  const temporary = await mkdtemp(`${folder}.`)
  try {
    await fill(temporary)
    await rename(join(temporary, 'root'), folder).catch((error: NodeJS.ErrnoException) => {
      // Another one was first.
      if (error.code !== 'ENOTEMPTY') throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
