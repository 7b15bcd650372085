import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import { TerraformOutput, TerraformStack } from 'cdktf'
import type { Construct } from 'constructs'
import { functionKey } from './encryption.ts'
import { Functions } from './functions.ts'
import { givenOrAsked } from './given-or-asked.ts'
import { Network } from './network.ts'
import { RestApi } from './rest-api.ts'
import { functionRole } from './role.ts'
import type { Settings } from './settings.ts'

/** Everything but the image repository, which has to exist before the images that the functions are made from. */
export class ServiceStack extends TerraformStack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id)
    new AwsProvider(this, 'aws', { region: settings.AWS_REGION })

    const bucketName = givenOrAsked(this, 'BUCKET_NAME', settings.BUCKET_NAME, 'Bucket that keeps the files')
    const network = new Network(this, 'network', settings)
    const role = functionRole(this, { name: `${settings.PROJECT}-role`, bucketName })
    const functions = new Functions(this, 'functions', {
      settings,
      bucketName,
      network,
      role,
      kmsKeyArn: functionKey(this, settings.KMS_KEY),
    })

    const users = new RestApi(this, 'users-api', {
      name: 'rds',
      function: functions.rds,
      corsOrigin: settings.CORS_ORIGIN,
      routes: [
        { path: '/rds', methods: ['GET', 'POST'] },
        { path: '/rds/{id}', methods: ['GET', 'PUT', 'DELETE'] },
      ],
    })
    const files = new RestApi(this, 'files-api', {
      name: 's3',
      function: functions.s3,
      corsOrigin: settings.CORS_ORIGIN,
      // Without it API Gateway reads an upload as UTF-8 text, and spoils every byte over 7F.
      binaryMediaTypes: ['multipart/form-data'],
      routes: [
        { path: '/s3', methods: ['GET', 'POST'] },
        { path: '/s3/uploads', methods: ['POST'] },
      ],
    })

    new TerraformOutput(this, 'users-url', { value: `${users.invokeUrl}/rds`, staticId: true })
    new TerraformOutput(this, 'files-url', { value: `${files.invokeUrl}/s3`, staticId: true })
  }
}
