import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { run } from '../process/command.ts'
import { dropTerraformVariables } from './settings.ts'

test('drops shell variables that redirect Terraform, and keeps its proxy and log settings', () => {
  const kept = { PATH: '/bin', AWS_REGION: 'a', TF_CLI_CONFIG_FILE: 'f', TF_LOG: 'info', TF_PLUGIN_CACHE_DIR: 'd' }
  const ofTerraform = { TF_WORKSPACE: 'dev', TF_CLI_ARGS_apply: '-target=a', TF_VAR_db_pass: 'p' }
  const hostile = { ...ofTerraform, TERRAFORM_BINARY_NAME: 'tofu', CDKTF_OUTDIR: 'o' }
  const env = { ...kept, ...hostile }
  assert.deepEqual(dropTerraformVariables(env), Object.keys(hostile))
  assert.deepEqual(env, kept)
})

test('sends requests to AWS and the APIs through HTTPS_PROXY, except for NO_PROXY', async (t) => {
  const asked: string[] = []
  const proxy = createServer().on('connect', ({ url = '' }, socket) => {
    asked.push(url)
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  t.after(() => proxy.close())
  const program = `
    import { loadSettings } from '${import.meta.resolve('./settings.ts')}'
    import { callerIdentity } from '${import.meta.resolve('./aws.ts')}'
    loadSettings()
    await callerIdentity().catch(() => {})
    await fetch('https://api.example.com/').catch(() => {})
    await fetch('https://direct.example.com/').catch(() => {})`
  const env = {
    ...{ HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, NO_PROXY: 'direct.example.com' },
    ...{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_MAX_ATTEMPTS: '1', AWS_REGION: 'eu-west-1' },
  }
  await run(process.execPath, ['--input-type=module', '--eval', program], { env })
  assert.deepEqual(asked, ['sts.eu-west-1.amazonaws.com:443', 'api.example.com:443'])
})
