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
import { policyDocument } from './arn.ts'
import type { Names } from './names.ts'
import type { Settings } from './settings.ts'

export interface FileBucketProps {
  readonly settings: Settings
  readonly names: Names
}

/** The bucket that keeps the files: private, encrypted, versioned, by TLS only. */
export class FileBucket extends Construct {
  readonly name: string

  constructor(scope: Construct, id: string, { settings, names }: FileBucketProps) {
    super(scope, id)
    const { accountId } = new DataAwsCallerIdentity(this, 'account')
    const bucket = new S3Bucket(this, 'bucket', {
      bucket: names.bucket(accountId, settings.AWS_REGION),
      forceDestroy: !settings.DELETION_PROTECTION,
    })
    this.name = bucket.bucket
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
    this.expire(bucket, versioning)
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
  }

  private expire(bucket: S3Bucket, versioning: S3BucketVersioningA): void {
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
