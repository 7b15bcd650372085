import { globSync } from 'node:fs'
import { resolve } from 'node:path'

/** The checkout. */
export const root = resolve(import.meta.dirname, '../..')

/** The container images, by name: each is a `Dockerfile_<name>`, its code in `functions/<name>/`, and a tag in the repository. */
export const images: readonly string[] = globSync('Dockerfile_*', { cwd: root })
  .map((file) => file.slice('Dockerfile_'.length))
  .sort()

/** The setting that says which image runs, in place of the last one pushed. */
export const imageSetting = (image: string) => `IMAGE_${image.toUpperCase().replaceAll('-', '_')}` as const
