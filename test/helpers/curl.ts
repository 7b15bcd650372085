/** Stands in for curl, with the options of documented commands: `-X`, `-H`, `-d`, `-F field=value`, `-F field=@path;type=…`, `--form-string`. */
import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    method: { type: 'string', short: 'X' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    data: { type: 'string', short: 'd' },
    'data-raw': { type: 'string' },
    form: { type: 'string', short: 'F', multiple: true, default: [] },
    'form-string': { type: 'string', multiple: true, default: [] },
  },
})
const form = new FormData()
for (const [, field = '', value = ''] of values['form-string'].map((text) => /^(.*?)=(.*)$/s.exec(text) ?? []))
  form.append(field, value)
const FIELD = /^(.*?)=(@?)"?(.*?)"?(?:;type=(.*))?$/
for (const [, field = '', isFile, value = '', type = ''] of values.form.map((text) => FIELD.exec(text) ?? []))
  form.append(field, isFile ? new File([await openAsBlob(value)], basename(value), { type }) : value)
const body = [...form].length > 0 ? form : (values.data ?? values['data-raw'])
const headers = values.header.map((header) => header.split(/: */, 2) as [string, string])
const method = values.method ?? (body ? 'POST' : 'GET')
const url = (positionals[0] ?? '').replace(/^(?!https?:)/, 'http://')
process.stdout.write(await (await fetch(url, { method, headers, ...(body && { body }) })).text())
