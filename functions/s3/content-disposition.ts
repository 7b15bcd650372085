/**
 * A Content-Disposition that saves a key's last segment as a file: in ASCII for old clients, and in UTF-8 (RFC 6266, RFC 8187).
 * A download rather than a page, since a file is not to be trusted more than whoever uploaded it.
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
