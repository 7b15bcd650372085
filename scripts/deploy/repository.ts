import { namesOf } from '../../terraform/names.ts'
import type { Settings } from '../../terraform/settings.ts'
import { repositoryUrl } from './aws.ts'
import { signIn } from './images.ts'
import type { Repository } from './registry.ts'

/** The image repository of a deployment, by its name: without Terraform, and so from any machine with the settings. */
export async function openRepository(settings: Settings): Promise<Repository> {
  return signIn(await repositoryUrl(namesOf(settings).repository))
}
