/** Stands in for curl, which not every machine has: `curl URL [-X method] [-H header]… [-d body] [-F field=value or field=@path]…`. */
import { openAsBlob } from 'node:fs'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    method: { type: 'string', short: 'X' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    data: { type: 'string', short: 'd' },
    form: { type: 'string', short: 'F', multiple: true, default: [] },
  },
})
const form = new FormData()
for (const [, field = '', isFile, value = ''] of values.form.map((text) => /^(.*?)=(@?)(.*)$/.exec(text) ?? []))
  form.append(field, isFile ? new File([await openAsBlob(value)], value) : value)
const body = values.form.length > 0 ? form : values.data
const headers = values.header.map((header) => header.split(/: */, 2) as [string, string])
const method = values.method ?? (body ? 'POST' : 'GET')
const url = (positionals[0] ?? '').replace(/^(?!https?:)/, 'http://')
process.stdout.write(await (await fetch(url, { method, headers, ...(body && { body }) })).text())
