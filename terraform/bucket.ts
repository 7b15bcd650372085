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
import { policyDocument } from './names.ts'
import type { ServiceStack } from './service-stack.ts'

/** A bucket whose objects the functions put and get. A created one is private, encrypted, versioned, and TLS only. */
export class Bucket extends Construct {
  readonly name: string
  /** For further permissions than put and get: `service.role.allow(…)`. */
  readonly arn: string

  /** Creates a bucket with `id` in its name, or uses the `existing` one. */
  constructor(service: ServiceStack, id: string, { existing }: { readonly existing?: string | undefined } = {}) {
    super(service, id)
    const { settings, names, role } = service
    this.name = existing ?? this.#create(service, id)
    this.arn = `${names.arn}:s3:::${this.name}`
    role.allow('presigned-urls', 'AllowPresignedUrls', {
      Action: ['s3:PutObject', 's3:GetObject'],
      Resource: `${this.arn}/*`,
    })
    const { STATE_BUCKET = '' } = settings
    const created = new RegExp(`^${names.bucket(id, '\\d{12}')}$`)
    if (existing === undefined ? created.test(STATE_BUCKET) : STATE_BUCKET === existing)
      service.problems.add(
        'STATE_BUCKET',
        'must not be the bucket of the files: callers read and replace its objects, and the state holds passwords. Give one of them another bucket',
      )
  }

  #create({ settings, names }: ServiceStack, id: string): string {
    const { accountId } = new DataAwsCallerIdentity(this, 'account')
    const bucket = new S3Bucket(this, 'bucket', {
      bucket: names.bucket(id, accountId),
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
      // S3 refuses concurrent changes of a bucket's access.
      dependsOn: [isPrivate],
    })
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      ...on,
      versioningConfiguration: { status: 'Enabled' },
    })
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      ...on,
      rule: [
        // Parts of abandoned uploads are billed, but not listed.
        { ...every('abandoned-uploads'), abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }] },
        { ...every('replaced-files'), noncurrentVersionExpiration: [{ noncurrentDays: 90 }] },
      ],
      dependsOn: [versioning],
    })
    // Browsers send requests with presigned URLs to S3 directly.
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
}

/** A rule for every object. */
const every = (id: string) => ({ id, status: 'Enabled', filter: [{ prefix: '' }] })
