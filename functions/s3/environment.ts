import * as v from 'valibot'
import { commonEnvironment } from '../http/read-environment.ts'
import { integerText } from '../http/text.ts'

/** Variables of the function `s3`: where files are kept. */
export const s3EnvironmentSchema = v.object({
  BUCKET_NAME: v.string(),
  /** Seconds that a presigned URL is good for. At most an hour: it dies with the role's session in any case. */
  URL_EXPIRES_IN: v.optional(integerText(1, 3600), '3600'),
  ...commonEnvironment,
})

/** Variables that Terraform sets. */
export type S3Variables = v.InferInput<typeof s3EnvironmentSchema>
