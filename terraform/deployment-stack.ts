import { resolve } from 'node:path'
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import { LocalBackend, S3Backend, TerraformStack } from 'cdktf'
import type { Construct } from 'constructs'
import { type Names, namesOf } from './names.ts'
import type { Problems } from './settings/rules.ts'
import type { Settings } from './settings.ts'

/** A stack with its provider and its state: files in the working directory, or objects in STATE_BUCKET. */
export class DeploymentStack extends TerraformStack {
  readonly settings: Settings
  readonly names: Names
  /** Collects errors in settings that the stack finds. */
  readonly problems: Problems

  constructor(scope: Construct, id: string, settings: Settings, problems: Problems) {
    super(scope, id)
    this.settings = settings
    this.names = namesOf(settings)
    this.problems = problems
    const { AWS_REGION: region, PROJECT, ENVIRONMENT, STATE_BUCKET: bucket } = settings
    new AwsProvider(this, 'aws', {
      region,
      defaultTags: [{ tags: { Project: PROJECT, ...(ENVIRONMENT !== undefined && { Environment: ENVIRONMENT }) } }],
    })
    if (bucket === undefined) {
      new LocalBackend(this, { path: resolve(['terraform', ENVIRONMENT, id, 'tfstate'].filter(Boolean).join('.')) })
      return
    }
    new S3Backend(this, { bucket, region, key: `${PROJECT}/${ENVIRONMENT ?? 'default'}/${id}.tfstate`, encrypt: true })
    // S3's own locking, without a DynamoDB table: Terraform 1.10 supports it, cdktf's class does not.
    this.addOverride('terraform.backend.s3.use_lockfile', true)
    this.addOverride('terraform.required_version', '>= 1.10')
  }
}
