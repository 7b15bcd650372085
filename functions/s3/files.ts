import { NotFoundError } from '../http/errors.ts'
import { attachment } from './content-disposition.ts'
import type { ObjectStore } from './object-store.ts'
import type { FileUpload, LinkQuery, UploadRequest } from './schema.ts'

/**
 * The use cases on files.
 * @param urlExpiresIn seconds that presigned URLs are good for.
 */
export const createFiles = (store: ObjectStore, urlExpiresIn: number) => ({
  /** Stores a small file, byte for byte. */
  async upload({ filename, file: { content, contentType } }: FileUpload) {
    const etag = await store.put(filename, content, contentType)
    return { filename, size: content.length, contentType, etag }
  },

  /**
   * A URL that downloads the file. Whether the file exists is looked up only where `verify` asks for it.
   * @throws NotFoundError
   */
  async link({ filename, verify }: LinkQuery) {
    if (verify && !(await store.has(filename))) throw new NotFoundError(`There is no file ${filename}`)
    const url = await store.presignGet(filename, attachment(filename), urlExpiresIn)
    return { url, expiresIn: urlExpiresIn }
  },

  /** A form by which a browser sends a file of any size straight to S3. */
  async startUpload({ filename, size, contentType }: UploadRequest) {
    const { url, fields } = await store.presignPost(filename, size, contentType, urlExpiresIn)
    return { url, fields, method: 'POST', expiresIn: urlExpiresIn }
  },
})
