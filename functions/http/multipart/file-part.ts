import * as v from 'valibot'

/** Maximum bytes of a file in one request: Lambda's limit of 6 MB is about 4.7 MB before base64, part headers included. */
export const MAX_FILE_SIZE = 4_500_000

const TYPE = 'must be a media type of at most 255 characters, e.g. image/png'

/** Printable characters only: it is stored from a header and returned in one. */
export const contentType = v.pipe(
  v.string(TYPE),
  v.maxLength(255, TYPE),
  v.regex(/^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+[ \t]*(;[\x20-\x7e\t]*)?$/, TYPE),
  v.description('Media type, stored and returned unchanged.'),
  v.examples(['text/plain; charset=utf-8']),
)

/** Form field that is a file; `multipartBody` creates it from the part of that name. */
export const filePart = v.pipe(
  v.unknown(),
  v.check((file) => !Array.isArray(file), 'must be one file'),
  v.pipe(
    v.object({
      content: v.instance(Buffer),
      contentType,
      /** File name from the client, without folders; `undefined` if missing. */
      filename: v.optional(v.string()),
    }),
    v.metadata({ examples: ['Hello!\n'] }),
    v.description(
      `At most ${MAX_FILE_SIZE} bytes, stored unchanged. Its part's Content-Type is kept, and defaults to application/octet-stream.`,
    ),
  ),
)

export type FilePart = v.InferOutput<typeof filePart>

interface Node {
  readonly entries?: Readonly<Record<string, unknown>>
  readonly pipe?: readonly unknown[]
  readonly wrapped?: unknown
}

/** Names of an object schema's fields that are files; the object may be part of a pipe. */
export function fileFields(schema: unknown): string[] {
  const { entries = {}, pipe = [] } = schema as Node
  const own = Object.keys(entries).filter((name) => isFile(entries[name]))
  return [...new Set([...own, ...pipe.flatMap(fileFields)])]
}

function isFile(schema: unknown): boolean {
  const { pipe = [], wrapped } = schema as Node
  return schema === filePart || pipe.some(isFile) || (wrapped !== undefined && isFile(wrapped))
}
