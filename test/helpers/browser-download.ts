import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isExecutable } from '../../tools/local/database/find.ts'
import { run } from '../../tools/process/command.ts'
import { makeFolder } from '../../tools/process/whole-folder.ts'
import own from '../browser/package.json' with { type: 'json' }

const SOURCE = resolve(import.meta.dirname, '../browser')
const VERSION = own.dependencies['@sparticuz/chromium']

/** Where the browser of test/browser/ is, if it was downloaded. */
export const DOWNLOADED = resolve(import.meta.dirname, `../../.local/chromium-${VERSION}`)

const UNPACK = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"

/**
 * Downloads the Chromium that the console is tested with, as every machine's own differs in fonts and behaviour. The package is
 * 75 MB that `make dev` does not need, so it has a lock file of its own. It exists for Linux on x64 alone.
 */
export async function downloadBrowser(log: (line: string) => void): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64' || (await isExecutable(join(DOWNLOADED, 'chromium'))))
    return
  log('downloading Chromium into .local/, once (75 MB)')
  await makeFolder(DOWNLOADED, async (temporary) => {
    const root = join(temporary, 'root')
    await mkdir(root)
    for (const file of ['package.json', 'package-lock.json']) await copyFile(join(SOURCE, file), join(temporary, file))
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: temporary })
    // It unpacks into the temporary folder, and its libraries only where it takes the machine for Lambda.
    const env = { TMPDIR: root, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' }
    await run(process.execPath, ['--input-type=module', '-e', UNPACK], { cwd: temporary, env })
    await writeFile(join(root, 'fonts.conf'), fontconfig(join(DOWNLOADED, 'fonts')))
  }).catch((error: Error) => log(`npm could not download Chromium: ${error.message}`))
}

/** Its own fonts alone: those of the machine would change what is measured. */
const fontconfig = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}</dir><cachedir>${folder}/cache</cachedir></fontconfig>
`
