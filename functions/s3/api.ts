import * as v from 'valibot'
import { defineApi } from '../http/api-definition.ts'
import { contentType, type FilePart, filePart, MAX_FILE_SIZE } from '../http/multipart/file-part.ts'
import type { Form } from '../http/multipart/multipart-body.ts'
import { booleanText, described, integer, REFUSED, text } from '../http/text.ts'

/** Maximum bytes of a POST to S3: 5 GiB. */
export const MAX_POST_SIZE = 5 * 1024 ** 3

// HTTP clients resolve `.` and `..` segments before they send a URL, so such a key could be stored but never fetched.
const DOT_SEGMENT = /(^|\/)\.{1,2}(\/|$)/
/** The same rule for engines without lookahead: a segment other than an empty one, `.` and `..`. */
const SEGMENT = `(\\.{0,2}[^./${REFUSED}][^/${REFUSED}]*|\\.{3}[^/${REFUSED}]*)`

const KEY =
  'Key in the bucket, stored composed (NFC): 1 to 1024 bytes in UTF-8. Control characters, lone surrogates, U+FFFD, a leading slash, and `.` or `..` between slashes are refused.'

/** A key that S3 accepts and every HTTP client can request. The length limit applies to the composed form, which is stored. */
export const filename = v.pipe(
  text(v.pipe(v.string('must be one string'), v.nonEmpty('must not be empty'))),
  v.check((key) => Buffer.byteLength(key.normalize()) <= 1024, 'must have at most 1024 bytes in UTF-8'),
  v.check((key) => !key.startsWith('/'), 'must not begin with a slash'),
  v.check((key) => !DOT_SEGMENT.test(key), 'must not have . or .. between slashes'),
  v.metadata({ maxLength: 1024, pattern: `^${SEGMENT}(/${SEGMENT}?)*$` }),
  v.description(KEY),
  v.examples(['texts/hello.txt']),
)

/** `GET /s3?filename=&verify=` */
export const linkQuery = v.object({
  filename,
  verify: v.optional(
    described(booleanText, 'Asks S3 first, and answers 404 if the file does not exist.', true),
    'false',
  ),
})

/** `POST /s3`: the form. `filename` defaults to the file's own name. */
export const fileUpload = v.pipe(
  v.unknown(),
  v.transform((form) => {
    const { filename, file } = form as Form
    return { filename: filename ?? (file as FilePart | undefined)?.filename, file }
  }),
  v.pipe(
    v.object({
      filename: v.pipe(
        filename,
        v.description('Key in the bucket. Defaults to the name of the part `file`, without folders.'),
      ),
      file: filePart,
    }),
    v.metadata({ required: ['file'] }),
    v.title('Upload'),
  ),
)

/** `POST /s3/uploads` */
export const uploadRequest = v.pipe(
  v.object(
    {
      filename: v.pipe(
        filename,
        // S3 would replace it with the uploaded file's own name, and store another key than the signed one.
        v.check((key) => !/\$\{filename\}/.test(key), "must not contain S3's placeholder for the file's name"),
        v.description(`${KEY} \`\${filename}\` is refused.`),
      ),
      size: described(integer(0, MAX_POST_SIZE), 'Bytes. S3 refuses a file of another size.', 50_000_000),
      contentType: v.optional(contentType, 'application/octet-stream'),
    },
    'must be a JSON object with filename, size and contentType',
  ),
  v.title('UploadRequest'),
)

export type FileUpload = v.InferOutput<typeof fileUpload>
export type LinkQuery = v.InferOutput<typeof linkQuery>
export type UploadRequest = v.InferOutput<typeof uploadRequest>

const url = (description: string, example: string) =>
  v.pipe(v.string(), v.metadata({ format: 'uri' }), v.description(description), v.examples([example]))

const expiresIn = described(integer(1, 3600), 'Lifetime in seconds (`URL_EXPIRES_IN`).', 3600)

const fileLink = v.pipe(
  v.object({
    url: url('A GET downloads the file.', 'https://my-files.s3.amazonaws.com/texts/hello.txt?X-Amz-Signature=5d4140'),
    expiresIn,
  }),
  v.title('FileLink'),
)

const uploadedFile = v.pipe(
  v.object({
    message: v.literal('File uploaded!'),
    file: v.pipe(
      v.object({
        filename,
        size: described(v.pipe(integer(0, MAX_FILE_SIZE), v.metadata({ format: 'int64' })), 'Bytes.', 7),
        contentType,
        etag: described(v.string(), 'Entity tag from S3, without quotes.', 'e134ced312b3511d88943d57ccd70c83'),
      }),
      v.title('StoredFile'),
    ),
  }),
  v.title('UploadedFile'),
)

const uploadForm = v.pipe(
  v.object({
    url: url('URL of the bucket, to which the form is sent.', 'https://my-files.s3.amazonaws.com/'),
    fields: described(
      v.record(v.string(), v.string()),
      'Fields of the form, to send unchanged and before the part `file`.',
      { key: 'texts/hello.txt', Policy: 'eyJleHBpcmF0aW9uIjoi', 'X-Amz-Signature': '5d4140' },
    ),
    method: v.literal('POST'),
    expiresIn,
  }),
  v.title('UploadForm'),
)

/** The files API. */
export const api = defineApi({
  title: 'Files',
  description: 'Files in S3: small ones through the API, large ones directly to the bucket.',
  routes: {
    'GET /s3': {
      operationId: 'linkFile',
      summary: 'Get a link to a file',
      description:
        'A presigned URL, created without a call to S3 unless `verify` is set. It downloads the file, even an HTML page.',
      query: linkQuery,
      answers: { 200: fileLink },
      errors: [404],
    },
    'POST /s3': {
      operationId: 'uploadFile',
      summary: 'Upload a small file',
      description:
        'One request, through the API. Lambda accepts 6 MB in base64; larger files go directly to S3, see `POST /s3/uploads`. Replaces an existing file of that name.',
      body: { multipart: fileUpload },
      answers: { 200: uploadedFile },
    },
    'POST /s3/uploads': {
      operationId: 'startUpload',
      summary: 'Get a form for a large file',
      description:
        'POST the form to `url` as `multipart/form-data`: all `fields`, then the part `file`, with a `Content-Length` (without one S3 answers 411). S3 accepts it until the link expires, and only with the requested size and type.',
      body: { json: uploadRequest },
      answers: { 200: uploadForm },
      directUpload: { name: 'filename', size: 'size', type: 'contentType' },
    },
  },
})
