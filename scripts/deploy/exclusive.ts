import { join } from 'node:path'
import { lock } from '../../local/process.ts'
import { DEPLOY_FOLDER } from './cdktf-cli.ts'

/**
 * Runs work that changes what is deployed, one at a time in this folder.
 * @throws Error naming the process that is at it.
 */
export async function exclusively(work: () => Promise<void>): Promise<void> {
  const release = lock(join(DEPLOY_FOLDER, 'deploy.pid'), 'scripts/')
  try {
    await work()
  } finally {
    release()
  }
}
