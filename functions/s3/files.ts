import { NotFoundError } from '../http/caller-errors.ts'
import type { FileUpload, LinkQuery, UploadRequest } from './api.ts'
import type { ObjectStore } from './object-store.ts'

/**
 * A Content-Disposition that saves a key's last segment as a file: in ASCII for old clients, and in UTF-8 (RFC 6266, RFC 8187).
 * Forces a download: an uploaded HTML file must not run as a page.
 */
export function attachment(key: string): string {
  const name = key.split('/').findLast((segment) => segment !== '') ?? 'file'
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/gu, '_')
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/**
 * The use cases on files. Names are stored composed (NFC): macOS sends them decomposed, and people ask for either form.
 * @param urlExpiresIn seconds that presigned URLs are good for.
 */
export const createFiles = (store: ObjectStore, urlExpiresIn: number) => ({
  /** Stores a small file, byte for byte. */
  async upload({ filename, file: { content, contentType } }: FileUpload) {
    const key = filename.normalize()
    const etag = await store.put(key, content, contentType)
    return { filename: key, size: content.length, contentType, etag }
  },

  /**
   * A URL that downloads the file. Whether the file exists is looked up only where `verify` asks for it: then an object that something
   * else stored under a decomposed name is found, too.
   * @throws NotFoundError
   */
  async link({ filename, verify }: LinkQuery) {
    let key = filename.normalize()
    if (verify && !(await store.has(key))) {
      if (key === filename || !(await store.has(filename))) throw new NotFoundError(`There is no file ${filename}`)
      key = filename
    }
    const url = await store.presignGet(key, attachment(key), urlExpiresIn)
    return { url, expiresIn: urlExpiresIn }
  },

  /** A form by which a browser sends a file of any size straight to S3. */
  async startUpload({ filename, size, contentType }: UploadRequest) {
    const { url, fields } = await store.presignPost(filename.normalize(), size, contentType, urlExpiresIn)
    return { url, fields, method: 'POST' as const, expiresIn: urlExpiresIn }
  },
})
