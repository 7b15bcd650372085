import { NotFoundError } from '../http/caller-errors.ts'
import type { FileUpload, LinkQuery, UploadRequest } from './api.ts'
import type { ObjectStore } from './object-store.ts'

/**
 * Content-Disposition that names the download after the key's last segment: in ASCII for old clients, and in UTF-8 (RFC 6266, RFC 8187).
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
 * Use cases on files. Names are stored composed (NFC): macOS sends them decomposed, and callers request either form.
 * @param urlExpiresIn lifetime of presigned URLs, in seconds.
 */
export const createFiles = (store: ObjectStore, urlExpiresIn: number) => ({
  /** Stores a small file, byte for byte. */
  async upload({ filename, file: { content, contentType } }: FileUpload) {
    const key = filename.normalize()
    const etag = await store.put(key, content, contentType)
    return { filename: key, size: content.length, contentType, etag }
  },

  /**
   * Returns a URL that downloads the file. Checks that it exists only if `verify` is set. The check also finds an object that another
   * program stored under a decomposed name.
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

  /** Returns a form with which a browser uploads a file of any size directly to S3. */
  async startUpload({ filename, size, contentType }: UploadRequest) {
    const { url, fields } = await store.presignPost(filename.normalize(), size, contentType, urlExpiresIn)
    return { url, fields, method: 'POST' as const, expiresIn: urlExpiresIn }
  },
})
