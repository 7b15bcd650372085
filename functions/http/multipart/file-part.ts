import * as v from 'valibot'

/** Bytes of a file that fits one request: 6 MB of Lambda's are about 4.7 MB before base64; the form's own lines need some. */
export const MAX_FILE_SIZE = 4_500_000

const TYPE = 'must be a media type of at most 255 characters, e.g. image/png'

/** Printable, since it goes into a header and comes back in one. */
export const contentType = v.pipe(
  v.string(TYPE),
  v.maxLength(255, TYPE),
  v.regex(/^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+[ \t]*(;[\x20-\x7e\t]*)?$/, TYPE),
  v.description('Media type, stored and given back as it is.'),
  v.examples(['text/plain; charset=utf-8']),
)

/** A field of a form that is a file: `multipartBody` makes it of the part with the field's name. */
export const filePart = v.pipe(
  v.unknown(),
  v.check((file) => !Array.isArray(file), 'must be one file'),
  v.pipe(
    v.object({
      content: v.instance(Buffer),
      contentType,
      /** The name that the client gave it, without folders; `undefined` where it gave none. */
      filename: v.optional(v.string()),
    }),
    v.metadata({ examples: ['Hello!\n'] }),
    v.description(
      `At most ${MAX_FILE_SIZE} bytes, stored as they are. Its part's Content-Type is kept; without one it is application/octet-stream.`,
    ),
  ),
)

export type FilePart = v.InferOutput<typeof filePart>

interface Node {
  readonly entries?: Readonly<Record<string, unknown>>
  readonly pipe?: readonly unknown[]
  readonly wrapped?: unknown
}

/** Names of an object's fields that are files by their schemas, also where a pipe ends with the object. */
export function fileFields(schema: unknown): string[] {
  const { entries = {}, pipe = [] } = schema as Node
  const own = Object.keys(entries).filter((name) => isFile(entries[name]))
  return [...new Set([...own, ...pipe.flatMap(fileFields)])]
}

function isFile(schema: unknown): boolean {
  const { pipe = [], wrapped } = schema as Node
  return schema === filePart || pipe.some(isFile) || (wrapped !== undefined && isFile(wrapped))
}
