/**
 * Text for a terminal: control characters other than line feeds and tabs, and those that reorder or break lines, become `\u001b` and the like.
 * JSON stays the same JSON.
 */
export const printable = (text: string): string =>
  text.replaceAll(
    /[^\P{Cc}\n\t]|[\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
