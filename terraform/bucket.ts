import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js'
import { S3BucketCorsConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration/index.js'
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js'
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js'
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js'
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js'
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js'
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js'
import { Construct } from 'constructs'
import { partitionOf, policyDocument } from './arn.ts'
import type { ServiceStack } from './service-stack.ts'
import { brokenRules } from './settings/rules.ts'

export interface BucketProps {
  /** Name of a bucket that exists. @default one is created */
  readonly existing?: string | undefined
}

/** A bucket whose objects the functions put and get; a created one is private, encrypted, versioned, by TLS only. */
export class Bucket extends Construct {
  readonly name: string
  /** For what functions do beside putting and getting: `service.role.allow(…)`. */
  readonly arn: string

  /** @param id part of a created bucket's name. */
  constructor(service: ServiceStack, id: string, { existing }: BucketProps = {}) {
    super(service, id)
    const { settings, names, role } = service
    this.name = existing ?? this.#create(service, id)
    this.arn = `arn:${partitionOf(settings.AWS_REGION)}:s3:::${this.name}`
    role.allow('presigned-urls', 'AllowPresignedUrls', {
      Action: ['s3:PutObject', 's3:GetObject'],
      Resource: `${this.arn}/*`,
    })
    const { STATE_BUCKET = '' } = settings
    const created = new RegExp(`^${names.bucket(id, '\\d{12}', settings.AWS_REGION)}$`)
    const same = existing === undefined ? created.test(STATE_BUCKET) : STATE_BUCKET === existing
    const advice =
      'must not be the bucket of the files: callers read and replace its objects, and the state holds passwords. Give one of them another bucket'
    this.node.addValidation({ validate: () => brokenRules(settings, [[same, 'STATE_BUCKET', advice]]) })
  }

  #create({ settings, names }: ServiceStack, id: string): string {
    const { accountId } = new DataAwsCallerIdentity(this, 'account')
    const bucket = new S3Bucket(this, 'bucket', {
      bucket: names.bucket(id, accountId, settings.AWS_REGION),
      forceDestroy: !settings.DELETION_PROTECTION,
    })
    const on = { bucket: bucket.id }
    new S3BucketOwnershipControls(this, 'ownership', { ...on, rule: { objectOwnership: 'BucketOwnerEnforced' } })
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      ...on,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
    })
    const isPrivate = new S3BucketPublicAccessBlock(this, 'private', {
      ...on,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    })
    new S3BucketPolicy(this, 'policy', {
      ...on,
      policy: policyDocument({
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [bucket.arn, `${bucket.arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      // S3 refuses two changes of a bucket's access at a time.
      dependsOn: [isPrivate],
    })
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      ...on,
      versioningConfiguration: { status: 'Enabled' },
    })
    this.#expire(bucket, versioning)
    // A browser that has a presigned URL speaks to S3 itself.
    new S3BucketCorsConfiguration(this, 'cors', {
      ...on,
      corsRule: [
        {
          allowedOrigins: [settings.CORS_ORIGIN],
          allowedMethods: ['GET', 'POST'],
          allowedHeaders: ['*'],
          exposeHeaders: ['ETag'],
          maxAgeSeconds: 7200,
        },
      ],
    })
    return bucket.bucket
  }

  #expire(bucket: S3Bucket, versioning: S3BucketVersioningA): void {
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: bucket.id,
      rule: [
        {
          id: 'abandoned-uploads',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          // Their parts are not listed, but paid for.
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
        {
          id: 'replaced-files',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          noncurrentVersionExpiration: [{ noncurrentDays: 90 }],
        },
      ],
      dependsOn: [versioning],
    })
  }
}
