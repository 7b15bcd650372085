import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js'
import { TerraformOutput } from 'cdktf'
import { Construct } from 'constructs'
import type { ApiDefinition } from '../functions/http/api-definition.ts'
import { api as users } from '../functions/rds/api.ts'
import { api as files } from '../functions/s3/api.ts'
import { type Image, images } from '../tools/build/images.ts'
import { AccessLog, gatewayLogPermission } from './access-log.ts'
import { apiAccess } from './api-access.ts'
import { partitionOf } from './arn.ts'
import { CreatedDatabase } from './created-database.ts'
import { CustomDomain } from './custom-domain.ts'
import { GivenDatabase } from './database.ts'
import { DeploymentStack } from './deployment-stack.ts'
import { functionKey } from './encryption.ts'
import { FileBucket } from './file-bucket.ts'
import { Functions } from './functions.ts'
import { Monitoring } from './monitoring.ts'
import { namesOf } from './names.ts'
import { Network } from './network.ts'
import { RestApi } from './rest-api.ts'
import { functionRole } from './role.ts'
import type { Settings } from './settings.ts'
import { UsagePlan } from './usage-plan.ts'

/** Everything but the image repository. What the settings give is used, and what they leave out is created. */
export class ServiceStack extends DeploymentStack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, settings)
    const names = namesOf(settings)
    const {
      DB_HOST,
      DB_SECRET_ID,
      BUCKET_NAME,
      CERTIFICATE_ARN,
      DOMAIN_NAME,
      WEB_ACL_ARN,
      CORS_ORIGIN: corsOrigin,
    } = settings

    const readsSecret = DB_HOST === undefined || DB_SECRET_ID !== undefined
    const network = new Network(this, 'network', { settings, names, readsSecret })
    const database =
      DB_HOST === undefined
        ? new CreatedDatabase(this, 'database', { settings, names, network })
        : new GivenDatabase(this, 'database', settings)
    const bucketName = BUCKET_NAME ?? new FileBucket(this, 'files', { settings, names }).name
    const role = functionRole(this, {
      name: names.role,
      partition: partitionOf(settings.AWS_REGION),
      bucketName,
      secretArn: database.secretArn,
      tracing: settings.TRACING,
    })
    const kmsKeyArn = functionKey(this, settings, names)
    const functions = new Functions(this, 'functions', {
      settings,
      names,
      bucketName,
      database,
      network,
      role,
      kmsKeyArn,
    })

    const permission = settings.ACCESS_LOGS === 'create' ? gatewayLogPermission(this, settings, names) : undefined
    const accessLog = (id: string, apiName: string) =>
      settings.ACCESS_LOGS === 'none' ? undefined : new AccessLog(this, id, { settings, apiName, permission })
    const throttle = { rate: settings.THROTTLE_RATE, burst: settings.THROTTLE_BURST }
    const access = apiAccess(settings, functions.authorizer)
    const api = (image: Image, basePath: string, definition: ApiDefinition) =>
      new RestApi(this, `${basePath}-api`, {
        definition,
        name: names[image],
        basePath,
        function: functions[image],
        accessLog: accessLog(`${basePath}-log`, names[image]),
        tracing: settings.TRACING,
        access,
        throttle,
        corsOrigin,
        hasDomain: DOMAIN_NAME !== undefined,
      })
    const apis: Record<Image, RestApi> = { rds: api('rds', 'users', users), s3: api('s3', 'files', files) }
    if (settings.API_SECURITY === 'api-key') {
      new UsagePlan(this, 'usage-plan', { name: names.project, apis: Object.values(apis), throttle })
    }
    if (WEB_ACL_ARN !== undefined) {
      for (const [image, { stageArn: resourceArn }] of Object.entries(apis))
        new Wafv2WebAclAssociation(this, `${image}-firewall`, { resourceArn, webAclArn: WEB_ACL_ARN })
    }
    const domain =
      DOMAIN_NAME !== undefined && CERTIFICATE_ARN !== undefined
        ? new CustomDomain(this, 'domain', {
            domainName: DOMAIN_NAME,
            certificateArn: CERTIFICATE_ARN,
            apis: Object.values(apis),
          })
        : undefined

    const monitoring = new Monitoring(this, 'monitoring', {
      settings,
      accessLogs: Object.values(apis).flatMap(({ accessLog }) => accessLog?.group ?? []),
    })

    for (const image of images) {
      const { name, imageUri, logGroup } = functions[image]
      this.outputs({
        [`${image}_url`]: `${domain ? `https://${DOMAIN_NAME}/${apis[image].basePath}` : apis[image].invokeUrl}/${image}`,
        [`${image}_function_name`]: name,
        [`${image}_image`]: imageUri,
        [`${image}_log_group`]: logGroup,
      })
    }
    this.outputs({
      api_urls: Object.fromEntries(
        images.map((image) => [
          image,
          domain ? `https://${DOMAIN_NAME}/${apis[image].basePath}` : apis[image].invokeUrl,
        ]),
      ),
      functions: functions.names,
      migrations: ['rds-migrate'],
      ...(domain && { domain_target: domain.target }),
      ...monitoring.outputs,
      migrate_function_name: functions.rdsMigrate.name,
      migrate_log_group: functions.rdsMigrate.logGroup,
      bucket_name: bucketName,
      db_host: database.variables.DB_HOST,
    })
  }

  private outputs(values: Readonly<Record<string, unknown>>): void {
    // Names of their own: an output may be called what a construct is.
    const scope = this.node.tryFindChild('outputs') ?? new Construct(this, 'outputs')
    for (const [name, value] of Object.entries(values)) new TerraformOutput(scope, name, { value, staticId: true })
  }
}
