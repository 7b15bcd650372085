import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startDatabase } from '../../tools/local/database/database.ts'
import { startSecretsManager } from '../../tools/local/secrets-manager.ts'
import { createService, type Service } from '../../tools/local/service.ts'
import { startStore } from '../../tools/local/store/store.ts'
import { sdkVariables } from '../../tools/local/wiring/machine.ts'
import { TerraformJson } from '../../tools/local/wiring/terraform.ts'
import { run } from '../../tools/process/command.ts'
import { freePort } from '../../tools/process/port.ts'
import { startFakeAws, startRegistry } from './aws.ts'
import { read } from './wiring.ts'

/** Timeout of a pull from the local registry, in milliseconds. */
const PULL_TIMEOUT = 60_000

const ACCOUNT = { name: 'my_lambda', user: 'admin' }

/**
 * Starts a local AWS account to deploy to: AWS operations, a registry, and the deployed service.
 * @param clone folder of the deployment; its state names the images.
 * @param project prefix of names, which gives each cloud its own repository.
 */
export async function startCloud(clone: string, project: string) {
  const folder = join(clone, '.local')
  const [registry, database, store, port] = await Promise.all([
    startRegistry(),
    startDatabase(join(folder, 'database'), [ACCOUNT], () => {}),
    startStore(join(folder, 'store')),
    freePort(),
  ])
  const secretsManager = await startSecretsManager(store, () => {})
  const shared = sdkVariables(store, secretsManager.endpoint, store.endpoint)
  let service: Service | undefined
  const log: string[] = []

  /** Serves the deployed stack from its images by digest. */
  async function serve(): Promise<Service> {
    await service?.stop()
    const { outputs, images } = await stateIn(clone)
    for (const image of new Set(images.values()))
      await run('docker', ['pull', '--quiet', image], { timeout: PULL_TIMEOUT })
    const stack = join(clone, 'cdktf.out', 'stacks', 'service', 'cdk.tf.json')
    const json = new TerraformJson(JSON.parse(await readFile(stack, 'utf8')))
    const wiring = read(json, { database, shared }, { root: clone, stacks: '' })
    // The cloud's database serves for any given DB_HOST.
    const server = { DB_HOST: database.host, DB_PORT: String(database.port), DB_NAME: ACCOUNT.name, DB_TLS: 'false' }
    const login = { DB_USER: ACCOUNT.user, DB_PASS: database.password, DB_SECRET_ID: '' }
    for (const { environment } of wiring.functions)
      if (![undefined, database.host].includes(environment.DB_HOST)) Object.assign(environment, server, login)
    service = createService({
      wiring,
      stack,
      code: (code) => ({ type: 'image', image: images.get('image' in code ? code.image : '') ?? '' }),
      store,
      secretsManager,
      keys: { apiKey: outputs.api_key?.value ?? '', credentials: store },
      log: (line) => log.push(line),
    })
    await service.listen(port)
    return service
  }

  async function invoke(name: string) {
    const migrations: readonly string[] = (await stateIn(clone)).outputs.migrations?.value ?? []
    if (!migrations.includes(name)) throw new Error(`no migration ${name}`)
    const failed = cloud.migrationError
    if (failed !== undefined)
      return { functionError: 'Unhandled', payload: JSON.stringify({ errorType: 'Error', errorMessage: failed }) }
    return { payload: JSON.stringify(await (await serve()).migrate()) }
  }
  const aws = await startFakeAws(registry, async (name) => (await stateIn(clone)).images.get(name), invoke)
  const cloud = {
    registry,
    aws,
    database,
    /** Serves the deployed stack; an invocation of its migration function does the same. */
    serve,
    /** Log lines of the functions. */
    log,
    /** Error that the migration function fails with. */
    migrationError: undefined as string | undefined,
    /** Variables of a deployment to this cloud, with the credentials that the local gateway accepts. */
    env: {
      PROJECT: project,
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
      AWS_DRY_RUN_REGISTRY: registry.host,
      API: `http://127.0.0.1:${port}/default`,
    },
    async stop() {
      await service?.stop()
      await Promise.all([registry, aws, database, store, secretsManager].map((each) => each.stop()))
      await forget(registry.host)
    },
  }
  return cloud
}

/** Removes images and credentials, which Docker would keep for every test's registry. */
async function forget(registry: string): Promise<void> {
  // Images pulled by digest have no tag.
  const format = '{{.Repository}}{{if eq .Tag "<none>"}}@{{.Digest}}{{else}}:{{.Tag}}{{end}}'
  const output = await run('docker', ['images', '--digests', '--format', format])
  const names = output.split('\n').filter((name) => name.startsWith(`${registry}/`))
  if (names.length > 0) await run('docker', ['rmi', ...new Set(names)])
  await run('docker', ['logout', registry])
}

/** Outputs of a folder's Terraform state, and the image of each function by digest. */
export async function stateIn(folder: string) {
  const { outputs = {}, resources = [] } = await readState(join(folder, 'terraform.service.tfstate'))
  const images = new Map<string, string>()
  for (const { type, instances } of resources)
    if (type === 'aws_lambda_function')
      for (const { attributes } of instances) images.set(attributes.function_name, attributes.image_uri)
  return { outputs: outputs as Readonly<Record<string, { readonly value: never }>>, images }
}

/** Retries until the file is complete, because Terraform overwrites it in place. */
async function readState(file: string) {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '{}')
    try {
      return JSON.parse(text)
    } catch {
      // The file is incomplete.
    }
  }
}
