import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Creates a folder atomically, despite interruptions and concurrent calls.
 * @param fill receives a temporary folder beside it, and creates `root` in there.
 */
export async function makeFolder(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  const temporary = await mkdtemp(`${folder}.`)
  try {
    await fill(temporary)
    await rename(join(temporary, 'root'), folder).catch((error: NodeJS.ErrnoException) => {
      // A concurrent call was first.
      if (error.code !== 'ENOTEMPTY') throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
