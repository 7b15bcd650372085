import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js'
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js'
import { EcrRepositoryPolicy } from '@cdktf/provider-aws/lib/ecr-repository-policy/index.js'
import { TerraformOutput } from 'cdktf'
import type { Construct } from 'constructs'
import { partitionOf, policyDocument } from './arn.ts'
import { DeploymentStack } from './deployment-stack.ts'
import { namesOf } from './names.ts'
import type { Settings } from './settings.ts'

/** The image repository. A stack of its own: it has to exist before the push, and the push before the functions. */
export class RegistryStack extends DeploymentStack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, settings)
    const { AWS_REGION: region, DELETION_PROTECTION } = settings
    const repository = new EcrRepository(this, 'repository', {
      name: namesOf(settings).repository,
      // `rds` and `s3` always name the newest image; immutable tags could be pushed once only.
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: 'AES256' }],
      forceDelete: !DELETION_PROTECTION,
    })
    new EcrLifecyclePolicy(this, 'lifecycle', { repository: repository.name, policy: lifecycle })
    const { accountId } = new DataAwsCallerIdentity(this, 'account')
    new EcrRepositoryPolicy(this, 'pull', {
      repository: repository.name,
      policy: policyDocument({
        // As Lambda itself would add it, so that there is nothing for it to add beside Terraform.
        Sid: 'LambdaECRImageRetrievalPolicy',
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Condition: {
          StringLike: { 'aws:sourceArn': `arn:${partitionOf(region)}:lambda:${region}:${accountId}:function:*` },
        },
      }),
    })
    new TerraformOutput(this, 'repository_url', { value: repository.repositoryUrl, staticId: true })
  }
}

/**
 * Old images expire, those in use do not: a function whose image is gone stops to answer.
 *
 * A rule cannot ask what runs, so it must only ever see what cannot run. Images with a tag are none of this one's: `rds` and
 * `s3` are on the newest, which is what a deployment takes, `rds-live` and `s3-live` on what `make deploy` last left
 * running, also after a rollback. Of those without a tag a hundred are kept, the newest, to roll back to.
 */
const lifecycle = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: 'Keep 100 images that have lost their tag, to roll back to',
      selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 100 },
      action: { type: 'expire' },
    },
  ],
})
