import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Makes a folder that appears whole or not at all, whatever interrupts it and however many do it at a time.
 * @param fill gets a temporary folder beside it, and makes `root` in there.
 */
export async function makeFolder(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
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
