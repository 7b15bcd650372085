import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseHeaderValue } from '../header-value.ts'
import { partFilename } from './part-filename.ts'

const read = (parameters: string) =>
  partFilename(parseHeaderValue(`form-data; name=file; ${parameters}`)?.parameters ?? new Map())
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('decodes a file name from', () => {
  const meant: [client: string, parameters: string, name: string][] = [
    ['curl, Python, PHP, Go', 'filename="2025_사진.pdf"', '2025_사진.pdf'],
    ['PowerShell 7', 'filename="=?utf-8?B?MjAyNV/sgqzsp4QucGRm?="', '2025_사진.pdf'],
    ['Spring', 'filename="=?UTF-8?Q?2025_=EC=82=AC=EC=A7=84=5F.pdf?="', '2025 사진_.pdf'],
    ['several words', 'filename="=?utf-8?b?7ZWc?= \t=?UTF-8*ko?q?=EA=B8=80?=  =?utf-8?q?.png?="', '한글.png'],
    ['a character cut between two words', 'filename="=?utf-8?Q?=ED=95?= =?utf-8?Q?=9C?="', '한'],
    ['EUC-KR', 'filename="=?euc-kr?B?x9GxuQ==?= =?ks_c_5601-1987?Q?=B1=DB?="', '한국글'],
    ['ISO-8859-1', 'filename="=?iso-8859-1?Q?caf=E9?="', 'café'],
    ['base64 without its padding', `filename="=?utf-8?B?${base64('한글a').replace(/=+$/, '')}?="`, '한글a'],
    ['a path in encoded-words', `filename="=?utf-8?B?${base64('C:\\fakepath\\사진.pdf')}?="`, '사진.pdf'],
    ['RFC 5987 in ISO-8859-1', "filename=caf_; filename*=ISO-8859-1'fr'caf%E9", 'café'],
    ['aiohttp, Apache', 'filename="%ED%95%9C%EA%B8%80%20100%25.png"', '한글 100%.png'],
    ['a browser, with a quotation mark', 'filename="한글 %22a%22.png"', '한글 %22a%22.png'],
    ['a browser, with part of a URL', 'filename="a %ED%95%9C.png"', 'a %ED%95%9C.png'],
    ['percent-encoded EUC-KR without a declaration', 'filename="%C7%D1.png"', '%C7%D1.png'],
    ['a percent sign that encodes nothing', 'filename="%ED%95%9C100%.png"', '%ED%95%9C100%.png'],
    ['question marks', 'filename="=?.png"', '=?.png'],
    ['an attacker', 'filename="../../etc/passwd"', 'passwd'],
    ['an old browser', 'filename="C:\\fakepath\\사진.png"', '사진.png'],
  ]
  for (const [client, parameters, name] of meant) test(client, () => assert.equal(read(parameters), name))
})

test('refuses a wrongly encoded name, because a truncated one may name another file', () => {
  const words = ['=?utf-8?B?/w==?=', '=?utf-8?Q?=ZZ?=', '=?nonsense?Q?a?=', '=?utf-8?Q?a b?=', 'a =?utf-8?B?MjAy?=']
  const extended = ["nonsense''a", "UTF-8''%E9", 'a.png; filename=a.png'].map((value) => `filename*=${value}`)
  for (const parameters of [...words.map((value) => `filename="${value}"`), ...extended])
    assert.throws(() => read(parameters), Error, parameters)
})

test('round-trips any name in every encoding of clients', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => !/[/\\]/.test(text))
  const encodings = [
    (text: string) => `filename="=?utf-8?B?${base64(text)}?="`,
    (text: string) => `filename*=UTF-8''${encodeURIComponent(text).replaceAll("'", '%27')}`,
  ]
  fc.assert(fc.property(name, fc.constantFrom(...encodings), (text, encode) => assert.equal(read(encode(text)), text)))
})
