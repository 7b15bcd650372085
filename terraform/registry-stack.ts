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

/** The image repository. A separate stack: it must exist before the push, and the push must precede the functions. */
export class RegistryStack extends DeploymentStack {
  constructor(scope: Construct, id: string, settings: Settings, problems: Problems) {
    super(scope, id, settings, problems)
    const { AWS_REGION: region, DELETION_PROTECTION } = settings
    const repository = new EcrRepository(this, 'repository', {
      name: this.names.project,
      // The tag `<name>` moves to the newest image; an immutable tag could be pushed only once.
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
        // The statement that Lambda would otherwise add itself, outside of Terraform.
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

/** Images that a rule keeps: the number of releases available to a rollback. */
const KEPT = 100

const byCount = { countType: 'imageCountMoreThan', countNumber: KEPT }
const tagged = (pattern: string) => ({ tagStatus: 'tagged', tagPatternList: [pattern], ...byCount })

/**
 * Expires old images, but never one in use: a function stops working without its image.
 *
 * Rules cannot see which images run, so tags mark them. An image matched by a rule is safe from rules of lower priority. The first rules
 * match the newest image (`<name>`), which a deployment uses, and the one that `make deploy` or `make rollback` last left running
 * (`<name>-live`). They expire nothing, since a tag is on one image only. The other rules keep a hundred earlier live images of each
 * function (`<name>-release-…`), and a hundred images that were never live.
 */
const lifecycle = JSON.stringify({
  rules: [
    ...images.flatMap((image) => [tagged(image), tagged(`${image}-live`)]),
    ...images.map((image) => tagged(`${image}-release-*`)),
    { tagStatus: 'untagged', ...byCount },
  ].map((selection, index) => ({ rulePriority: index + 1, selection, action: { type: 'expire' } })),
})
