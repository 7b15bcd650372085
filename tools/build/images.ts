/** The container images: each is a folder of `functions/`, a `Dockerfile_<name>`, and a tag in the repository. */
export const images = ['rds', 's3'] as const

export type Image = (typeof images)[number]

export type ImageSetting = `IMAGE_${Uppercase<Image>}`

/** The setting that says which image runs, in place of the last one pushed. */
export const imageSetting = (image: Image) => `IMAGE_${image.toUpperCase()}` as ImageSetting
