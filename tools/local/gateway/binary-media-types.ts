/**
 * Whether a media type, its parameters ignored, is among an API's binary media types: exact, by its type alone, or by a wildcard for all.
 * Of a list (Accept) the first counts, and a wildcard in it is no wildcard; nor is one before the slash of a listed type.
 */
export function isBinary(mediaType: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  const [first = ''] = (mediaType ?? '').split(/[,;]/)
  const name = first.trim().toLowerCase()
  const [type, subtype, ...rest] = name.split('/')
  return binaryMediaTypes.some((entry) => {
    const listed = entry.toLowerCase()
    if (listed === '*/*') return true
    if (!type || !subtype || rest.length > 0 || listed.startsWith('*/')) return false
    return listed === name || listed === `${type}/*`
  })
}
