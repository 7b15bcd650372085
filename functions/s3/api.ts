import * as v from 'valibot'
import { defineApi } from '../http/api.ts'
import { text } from '../http/text.ts'
import type { FilePart, Form } from './multipart-body.ts'

/** Bytes of a file that fits one request: 6 MB of Lambda's are about 4.7 MB before base64; the form's own lines need some. */
export const MAX_DIRECT_SIZE = 4_500_000
/** Bytes that S3 takes in one POST: 5 GiB. */
export const MAX_POST_SIZE = 5 * 1024 ** 3

const TYPE = 'must be a media type of at most 255 characters, e.g. image/png'
const SIZE = `must be an integer from 0 to ${MAX_POST_SIZE}`

// HTTP clients resolve `.` and `..` segments before they send a URL, so that such a key could be stored and never fetched.
const DOT_SEGMENT = /(^|\/)\.{1,2}(\/|$)/

/** A key that S3 keeps and every HTTP client can ask for. Its length is that of the composed form, which is stored. */
export const filename = v.pipe(
  text(v.pipe(v.string('must be one text'), v.nonEmpty('must not be empty'))),
  v.check((key) => Buffer.byteLength(key.normalize()) <= 1024, 'must have at most 1024 bytes in UTF-8'),
  v.check((key) => !key.startsWith('/'), 'must not begin with a slash'),
  v.check((key) => !DOT_SEGMENT.test(key), 'must not have . or .. between slashes'),
)

/** Printable, since it goes into a header and comes back in one. */
export const contentType = v.pipe(
  v.string(TYPE),
  v.maxLength(255, TYPE),
  v.regex(/^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+[ \t]*(;[\x20-\x7e\t]*)?$/, TYPE),
)

/** `GET /s3?filename=&verify=` */
export const linkQuery = v.object({
  filename,
  verify: v.optional(
    v.pipe(
      v.picklist(['true', 'false'], 'must be true or false'),
      v.transform((value) => value === 'true'),
    ),
    'false',
  ),
})

/** `POST /s3`: the form; without a field `filename`, the file's own name counts. */
export const fileUpload = v.pipe(
  v.unknown(),
  v.transform((form) => {
    const { filename, file } = form as Form
    return { filename: filename ?? (file as FilePart | undefined)?.filename, file }
  }),
  v.object({
    filename,
    file: v.pipe(
      v.unknown(),
      v.check((file) => !Array.isArray(file), 'must be one file'),
      v.object({ content: v.instance(Buffer), contentType }),
    ),
  }),
)

/** `POST /s3/uploads` */
export const uploadRequest = v.object(
  {
    filename: v.pipe(
      filename,
      // S3 would put the uploaded file's own name in its place, and so store another key than the one that was signed.
      v.check((key) => !/\$\{filename\}/.test(key), "must not contain S3's placeholder for the file's name"),
    ),
    size: v.pipe(v.number(SIZE), v.integer(SIZE), v.minValue(0, SIZE), v.maxValue(MAX_POST_SIZE, SIZE)),
    contentType: v.optional(contentType, 'application/octet-stream'),
  },
  'must be a JSON object with filename, size and contentType',
)

export type FileUpload = v.InferOutput<typeof fileUpload>
export type LinkQuery = v.InferOutput<typeof linkQuery>
export type UploadRequest = v.InferOutput<typeof uploadRequest>

const expiresIn = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3600))
const storedFile = v.object({
  filename: v.string(),
  size: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_DIRECT_SIZE)),
  contentType: v.string(),
  etag: v.string(),
})

/** The files API. */
export const api = defineApi({
  title: 'Files',
  description: 'Files, in S3: small ones through the API, large ones straight to the bucket.',
  routes: {
    'GET /s3': {
      operationId: 'linkFile',
      summary: 'Get a link to a file',
      query: linkQuery,
      answers: { 200: v.object({ url: v.string(), expiresIn }) },
      errors: [404],
    },
    'POST /s3': {
      operationId: 'uploadFile',
      summary: 'Upload a small file',
      description:
        'One request, through the API. Lambda takes 6 MB, and that in base64: larger files go straight to S3, see `POST /s3/uploads`. An existing file of that name is replaced.',
      body: { multipart: fileUpload },
      answers: { 200: v.object({ message: v.literal('File uploaded!'), file: storedFile }) },
    },
    'POST /s3/uploads': {
      operationId: 'startUpload',
      summary: 'Get a form for a large file',
      body: { json: uploadRequest },
      answers: {
        200: v.object({
          url: v.string(),
          fields: v.record(v.string(), v.string()),
          method: v.literal('POST'),
          expiresIn,
        }),
      },
      directUpload: true,
    },
  },
})
