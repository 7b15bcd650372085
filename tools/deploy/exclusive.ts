import { join } from 'node:path'
import { gone, holderOf, lock } from '../process/process.ts'
import { DEPLOY_FOLDER } from './cdktf-cli.ts'

const PID_FILE = join(DEPLOY_FOLDER, 'deploy.pid')
/** What stands in the command line of every one that takes the lock. */
const MARKER = 'tools/deploy/'
/** Milliseconds; see `Cdktf` for what takes so long. */
const LONGEST_RUN = 90 * 60_000

/** Runs work that changes what is deployed, one at a time in this folder: another that is at it is waited for. */
export async function exclusively(work: () => Promise<void>): Promise<void> {
  const holder = holderOf(PID_FILE, MARKER)
  if (holder !== undefined) {
    console.log(`Waiting for another deployment to end (process ${holder})`)
    await gone(holder, LONGEST_RUN)
  }
  const release = lock(PID_FILE, MARKER)
  try {
    await work()
  } finally {
    release()
  }
}
