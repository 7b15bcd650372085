import * as v from 'valibot'
import { commonEnvironment } from '../http/read-environment.ts'
import { integerText } from '../http/text.ts'

/** Variables of the function `s3`. */
export const s3EnvironmentSchema = v.object({
  BUCKET_NAME: v.string(),
  /** Lifetime of a presigned URL, in seconds. At most an hour: it expires with the role's session anyway. */
  URL_EXPIRES_IN: v.optional(integerText(1, 3600), '3600'),
  ...commonEnvironment,
})

/** Variables that Terraform sets. */
export type S3Variables = v.InferInput<typeof s3EnvironmentSchema>
