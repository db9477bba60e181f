import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { huffmanDecode, huffmanEncode, huffmanLength } from './huffman.ts';

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const decode = (code: string): string | undefined => {
  const bytes = Buffer.from(code, 'hex');
  return huffmanDecode(bytes, 0, bytes.length);
};

/** Strings of RFC 7541 Appendix C.4 and C.6. */
const examples: readonly (readonly [text: string, code: string])[] = [
  ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
  ['no-cache', 'a8eb10649cbf'],
  ['custom-key', '25a849e95ba97d7f'],
  ['custom-value', '25a849e95bb8e8b4bf'],
  ['302', '6402'],
  ['private', 'aec3771a4b'],
  ['Mon, 21 Oct 2013 20:13:21 GMT', 'd07abe941054d444a8200595040b8166e082a62d1bff'],
  ['https://www.example.com', '9d29ad171863c78f0b97c8e9ae82ae43d3'],
  ['307', '640eff'],
  ['gzip', '9bd9ab'],
  [
    'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
  ],
];

for (const [text, code] of examples) {
  test(`${JSON.stringify(text)} is coded as RFC 7541 shows`, () => {
    assert.equal(hex(huffmanEncode(text)), code);
    assert.equal(huffmanLength(text), code.length / 2);
    assert.equal(decode(code), text);
  });
}

/** From RFC 7541 Appendix B: symbol, code, its length in bits. */
const rows = [
  [0, 0x1ff8, 13],
  [9, 0xffffea, 24],
  [10, 0x3ffffffc, 30],
  [13, 0x3ffffffd, 30],
  [22, 0x3ffffffe, 30],
  [32, 0x14, 6],
  [48, 0x0, 5],
  [97, 0x3, 5],
  [127, 0xffffffc, 28],
  [128, 0xfffe6, 20],
  [249, 0xffffffe, 28],
  [255, 0x3ffffee, 26],
] as const;

test('single symbols have the codes of the RFC, padded with ones', () => {
  for (const [symbol, code, length] of rows) {
    const padded = code
      .toString(2)
      .padStart(length, '0')
      .padEnd(Math.ceil(length / 8) * 8, '1');
    const bytes = padded.match(/.{8}/g)?.map((bits) => Number.parseInt(bits, 2)) ?? [];
    assert.equal(
      hex(huffmanEncode(String.fromCharCode(symbol))),
      Buffer.from(bytes).toString('hex'),
      `symbol ${symbol}`,
    );
  }
});

test('any string of bytes comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = Buffer.from(bytes).toString('latin1');
      const code = huffmanEncode(text);
      assert.equal(code.length, huffmanLength(text));
      const coded = Buffer.from(`before${code}after`, 'latin1');
      assert.equal(huffmanDecode(coded, 6, 6 + code.length), text);
    }),
  );
});

test('strings longer than any scratch space come back', () => {
  for (const text of ['0'.repeat(200_000), '\0'.repeat(100_000)]) assert.equal(decode(hex(huffmanEncode(text))), text);
});

describe('bad codes are refused:', () => {
  const bad: readonly (readonly [what: string, code: string])[] = [
    ['padding of eight ones', '1fff'], // 'a', three ones, then eight more
    ['padding of zeros', '00'], // '0', then 000
    ['padding that ends in a zero', '1e'], // 'a', then 110
    ['EOS', 'ffffffff'],
    ['EOS between symbols', '1ffffffffc'],
    ['a symbol cut off', 'fff8'],
  ];
  for (const [what, code] of bad) test(what, () => assert.equal(decode(code), undefined));

  test('whatever decodes, and is padded as it must be, is the code of what it decodes to', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const text = huffmanDecode(Buffer.from(bytes), 0, bytes.length);
        if (text !== undefined) assert.equal(hex(huffmanEncode(text)), Buffer.from(bytes).toString('hex'));
      }),
      { numRuns: 2000 },
    );
  });
});
