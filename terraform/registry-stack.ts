import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js'
import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js'
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js'
import { EcrRepositoryPolicy } from '@cdktf/provider-aws/lib/ecr-repository-policy/index.js'
import { TerraformOutput } from 'cdktf'
import type { Construct } from 'constructs'
import { DeploymentStack } from './deployment-stack.ts'
import { policyDocument } from './names.ts'
import { images } from './settings/fields.ts'
import type { Problems } from './settings/rules.ts'
import type { Settings } from './settings.ts'

/** The image repository. A stack of its own: it has to exist before the push, and the push before the functions. */
export class RegistryStack extends DeploymentStack {
  constructor(scope: Construct, id: string, settings: Settings, problems: Problems) {
    super(scope, id, settings, problems)
    const { AWS_REGION: region, DELETION_PROTECTION } = settings
    const repository = new EcrRepository(this, 'repository', {
      name: this.names.project,
      // A tag `<name>` always names the newest image; immutable tags could be pushed once only.
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
          StringLike: { 'aws:sourceArn': `${this.names.arn}:lambda:${region}:${accountId}:function:*` },
        },
      }),
    })
    new TerraformOutput(this, 'repository_url', { value: repository.repositoryUrl, staticId: true })
  }
}

/** How many images a rule leaves: so many versions of a function can be gone back to. */
const KEPT = 100

const byCount = { countType: 'imageCountMoreThan', countNumber: KEPT }
const tagged = (pattern: string) => ({ tagStatus: 'tagged', tagPatternList: [pattern], ...byCount })

/**
 * Old images expire, those in use do not: a function whose image is gone stops to answer.
 *
 * A rule cannot ask what runs, so tags say it. An image that a rule selects is safe from those of lower priority: the first
 * rules select what is newest (tagged by its name), which is what a deployment takes, and what `make deploy` or `make rollback` last
 * left running (`<name>-live`), and expire nothing, since a tag is on one image only. Of those that were live before
 * (`<name>-release-…`) a hundred are kept for each function, and a hundred that never were.
 */
const lifecycle = JSON.stringify({
  rules: [
    ...images.flatMap((image) => [tagged(image), tagged(`${image}-live`)]),
    ...images.map((image) => tagged(`${image}-release-*`)),
    { tagStatus: 'untagged', ...byCount },
  ].map((selection, index) => ({ rulePriority: index + 1, selection, action: { type: 'expire' } })),
})
