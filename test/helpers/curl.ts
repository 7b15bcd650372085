/** Stands in for curl where there is none: `curl URL [-H header] [-d body] [-F file=@path]`. */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    header: { type: 'string', short: 'H' },
    data: { type: 'string', short: 'd' },
    form: { type: 'string', short: 'F' },
  },
})
const [name = '', value = ''] = values.header?.split(': ') ?? []
const [field = '', path = ''] = values.form?.split('=@') ?? []
const form = new FormData()
if (values.form) form.append(field, new Blob([await readFile(path)]), path)
const body = values.form ? form : values.data
const init = { ...(body && { method: 'POST', body }), ...(values.header && { headers: { [name]: value } }) }
process.stdout.write(await (await fetch(positionals[0] ?? '', init)).text())
