/**
 * Escapes text for a terminal: control characters except line feeds and tabs, and characters that reorder or break lines, become
 * `\u001b` and the like. JSON keeps its meaning.
 */
export const printable = (text: string): string =>
  text.replaceAll(
    /[^\P{Cc}\n\t]|[\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
