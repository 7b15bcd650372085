import fc from 'fast-check'

/** Text with what is special about names: blanks at the ends, lone surrogates, bounds in code points. */
export const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    '\u00a0x\ufeff',
    '\ud800',
    'x'.repeat(255),
    '😀'.repeat(255),
    '😀'.repeat(256),
    ` ${'x'.repeat(255)} `,
    'x'.repeat(511),
    '\u2028',
    'a\u2028b',
    '\na\n',
    'a\nb',
    'a\ufffd',
    '\u200b',
    '\u202ea',
    '\u1112\u1161\u11ab',
  ),
)
/** Any JSON. */
export const anything = fc.oneof({ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) })
/** Around the bounds of an age, and fractions. */
export const number = fc.oneof(
  fc.constantFrom(-1, 0, 150, 151),
  fc.integer({ min: -2, max: 152 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

/** Names of files, with the segments, signs and bounds that are refused. */
export const key = fc.oneof(
  text,
  fc
    .array(fc.constantFrom('.', '..', 'a', 'é', '', `$\{filename}`, ' '), { maxLength: 5 })
    .map((parts) => parts.join('/')),
  fc.constantFrom('/a', 'a'.repeat(1024), 'a'.repeat(1025), '\x7f', '\x85'),
)

/** Media types, and what is almost one. */
export const mediaType = fc.oneof(
  text,
  fc.constantFrom(
    'text/plain',
    'text/plain; charset="a b"',
    'text',
    'a/b;',
    'a/b c',
    `a/${'b'.repeat(253)}`,
    `a/${'b'.repeat(254)}`,
  ),
)

/** What may stand where a parameter is a number: both sides of every bound, and what only some parsers take for a number. */
export const numeral = fc.oneof(
  fc.integer({ min: -1, max: 1002 }).map(String),
  text.filter((value) => value.isWellFormed()),
  fc.constantFrom(
    ...'0,1,1000,1001,9007199254740991,9007199254740992,99999999999999999999,,00,01,+1,1e2,1.0,0x1, 1,NaN'.split(','),
  ),
)
