import * as v from 'valibot'

type Text<TOutput = unknown> = v.GenericSchema<string, TOutput>

/** A setting with a default. @param meaning for docs/settings.md. */
export const setting = <const TSchema extends Text>(schema: TSchema, standard: string, meaning: string) =>
  v.pipe(v.optional(schema, standard as v.InferInput<TSchema>), v.description(meaning))

/** A setting that may be left out. @param without the effect of that, for docs/settings.md. */
export const optional = <const TSchema extends Text>(schema: TSchema, without: string, meaning: string) =>
  v.pipe(v.optional(schema), v.metadata({ without }), v.description(meaning))

/**
 * A secret. Terraform gets its value from the environment during the apply, so no synthesized file and no plan contains it.
 * Functions that declare it have it in their environment, encrypted with KMS_KEY. In `Settings` it is `true` if given.
 */
export const secret = (meaning: string) => {
  const given = v.pipe(
    v.string(),
    v.maxLength(256, 'must have at most 256 characters'),
    v.transform((): true => true),
  )
  return v.pipe(v.optional(given), v.metadata({ without: 'none', secret: true }), v.description(meaning))
}

export const matching = (pattern: RegExp, advice: string) => v.pipe(v.string(), v.regex(pattern, advice))

/** Comma-separated ids, such as `subnet-1a,subnet-2b`. */
export const ids = (prefix: string, minimum: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => text.split(',').map((id) => id.trim())),
    v.array(
      matching(new RegExp(`^${prefix}-[0-9a-f]+$`), `must list ids like ${prefix}-0a1b2c3d, separated by commas`),
    ),
    v.minLength(minimum, `must have at least ${minimum} ids: a Lambda function should survive the loss of a zone`),
    v.check((list) => new Set(list).size === list.length, 'must not name an id twice'),
  )

export const yesOrNo = v.pipe(
  v.picklist(['true', 'false'], 'must be true or false'),
  v.transform((text) => text === 'true'),
)

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketName = v.pipe(
  matching(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'must be 3 to 63 lower-case letters, digits, hyphens or dots, and begin and end with a letter or a digit',
  ),
  matching(
    /^(?!.*\.\.|\d+(\.\d+){3}$|xn--|sthree-|amzn-s3-demo-|.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)/,
    'must not look like an IP address, have two dots in a row, nor begin with xn--, sthree- or amzn-s3-demo-, or end with -s3alias, --ol-s3, .mrap, --x-s3 or --table-s3, which S3 reserves',
  ),
)

/** Only a digest identifies an image: a tag can move between two plans, and Lambda would not follow it. */
export const imageDigest = v.pipe(
  matching(
    /^([^@\s]+@)?sha256:[0-9a-f]{64}$/,
    'must be a digest, sha256:<64 hex digits> or repository@sha256:<…>: a tag does not identify an image',
  ),
  v.transform((text) => text.slice(text.indexOf('sha256:'))),
)

/** Days that CloudWatch Logs accepts; 0 means forever. */
const RETENTIONS = [
  ...[0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
].map(String)
export const retention = v.pipe(
  v.picklist(
    RETENTIONS,
    `must be a number of days that CloudWatch accepts: ${RETENTIONS.join(', ')}; 0 keeps lines forever`,
  ),
  v.transform(Number),
)
