import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { heapUsed } from '#test/helpers/heap-used.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import type { Entry } from './static-table.ts';

type Pair = readonly [name: string, value: string];

/** Decodes blocks given in hex on one connection: the fields of each, or undefined where it is malformed. */
function decoded(...blocks: readonly string[]): (readonly Pair[] | undefined)[] {
  const decoder = new HpackDecoder();
  return blocks.map((block) => decode(decoder, Buffer.from(block.replace(/\s/g, ''), 'hex')));
}

function decode(decoder: HpackDecoder, block: Buffer): readonly Pair[] | undefined {
  const fields: Entry[] = [];
  const padded = Buffer.concat([Buffer.from([0x82]), block, Buffer.from([0x82])]); // reads nothing around the block
  const size = decoder.decode(padded, 1, padded.length - 1, fields, Number.POSITIVE_INFINITY);
  return size < 0 ? undefined : fields.map(({ name, value }) => [name, value]);
}

const hexOf = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
/** A literal field with incremental indexing and a new name, uncoded; sizes below 127. */
const indexed = (name: string, value: string): string =>
  `40 ${hexOf(String.fromCharCode(name.length) + name)} ${hexOf(String.fromCharCode(value.length) + value)}`;

describe('RFC 7541 Appendix C:', () => {
  test('C.2, one field in each representation', () => {
    assert.deepEqual(
      decoded(
        '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
        '040c 2f73 616d 706c 652f 7061 7468',
        '1008 7061 7373 776f 7264 0673 6563 7265 74',
        '82',
      ),
      [[['custom-key', 'custom-header']], [[':path', '/sample/path']], [['password', 'secret']], [[':method', 'GET']]],
    );
  });

  const request = (scheme: string, path: string, ...more: Pair[]): Pair[] => [
    [':method', 'GET'],
    [':scheme', scheme],
    [':path', path],
    [':authority', 'www.example.com'],
    ...more,
  ];
  const requests = [
    request('http', '/'),
    request('http', '/', ['cache-control', 'no-cache']),
    request('https', '/index.html', ['custom-key', 'custom-value']),
  ];

  test('C.3, requests without Huffman code', () => {
    assert.deepEqual(
      decoded(
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ),
      requests,
    );
  });

  test('C.4, requests with Huffman code', () => {
    assert.deepEqual(
      decoded(
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ),
      requests,
    );
  });

  const location: Pair = ['location', 'https://www.example.com'];
  const responses: Pair[][] = [
    [[':status', '302'], ['cache-control', 'private'], ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'], location],
    [[':status', '307'], ['cache-control', 'private'], ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'], location],
    [
      [':status', '200'],
      ['cache-control', 'private'],
      ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
      location,
      ['content-encoding', 'gzip'],
      ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
    ],
  ];
  // The examples have a table of 256 bytes: told by an update before the first block, so that entries are evicted.
  const small = '3fe101';

  test('C.5, responses without Huffman code, evicting', () => {
    assert.deepEqual(
      decoded(
        `${small} 4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
         3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
        '4803 3330 37c1 c0bf',
        `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f
         6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b
         2076 6572 7369 6f6e 3d31`,
      ),
      responses,
    );
  });

  test('C.6, responses with Huffman code, evicting', () => {
    assert.deepEqual(
      decoded(
        `${small} 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
         1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
        '4883 640e ffc1 c0bf',
        `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
         dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
      ),
      responses,
    );
  });
});

describe('the table', () => {
  test('holds 4096 bytes, each entry counting 32 more, and forgets the oldest first', () => {
    const value = (i: number) => String(i).padStart(28, '0');
    // 63 bytes an entry: 65 fit, at the indices 62 to 126; the 66th puts the first out.
    const fill = Array.from({ length: 66 }, (_, i) => indexed('x-0', value(i))).join('');
    assert.deepEqual(decoded(fill, 'be', 'fe', 'ff 00').slice(1), [
      [['x-0', value(65)]],
      [['x-0', value(1)]],
      undefined,
    ]);
  });

  test('is emptied by an entry larger than it', () => {
    const large = `40 01 78 7f e1 1e ${hexOf('v'.repeat(4064))}`; // 1 + 4064 + 32 bytes
    assert.deepEqual(decoded(indexed('a', '1'), large, 'be')[2], undefined);
    const fits = `40 01 78 7f e0 1e ${hexOf('v'.repeat(4063))}`;
    assert.deepEqual(decoded(indexed('a', '1'), fits, 'be', 'bf').slice(2), [[['x', 'v'.repeat(4063)]], undefined]);
  });

  test('can be made smaller and larger again, up to 4096 bytes, at the start of a block', () => {
    assert.deepEqual(decoded(indexed('a', '1'), '20 82', 'be'), [[['a', '1']], [[':method', 'GET']], undefined]);
    assert.deepEqual(decoded(indexed('a', '1'), '20 3fe11f', `${indexed('b', '2')} be`), [
      [['a', '1']],
      [],
      [
        ['b', '2'],
        ['b', '2'],
      ],
    ]);
    assert.deepEqual(decoded('3fe21f'), [undefined], '4097 bytes');
    assert.deepEqual(decoded('82 20'), [undefined], 'behind a field');
  });

  test('takes no memory for what it has evicted', () => {
    const decoder = new HpackDecoder();
    const size = 60_000;
    const block = Buffer.concat([
      Buffer.from('4001787fe1d303', 'hex'), // 60000 = 127 + 0x61 + 0x53 << 7 + 3 << 14
      Buffer.alloc(size, 'v'),
    ]);
    const before = heapUsed();
    for (let i = 0; i < 250; i++) assert.ok(decoder.decode(block, 0, block.length, [], 0) > 0);
    assert.ok(heapUsed() - before < size * 10);
    assert.ok(decoder.decode(block, 0, block.length, [], 0) > 0, 'it is still in use');
  });
});

test('a reference counts in full, however often it comes, and no more is given than the limit allows', () => {
  const decoder = new HpackDecoder();
  const block = Buffer.from(`${indexed('name', 'v'.repeat(100))} ${'be'.repeat(1000)}`.replaceAll(' ', ''), 'hex');
  const fields: Entry[] = [];
  assert.equal(decoder.decode(block, 0, block.length, fields, 500 * 136), 1001 * 136);
  assert.equal(fields.length, 500);
});

describe('refused:', () => {
  const refused: readonly (readonly [what: string, block: string])[] = [
    ['index 0', '80'],
    ['an index beyond the tables', 'be'],
    ['an index far beyond the tables', 'ffffffff07'],
    ['a name index beyond the tables', '7e 01 61'],
    ['an integer of more than four further bytes', 'ff8080808000'],
    ['an integer cut off', 'ff80'],
    ['a string that ends beyond the block', '00 05 6162'],
    ['a literal without a value', '00 01 61'],
    ['a literal without a name', '40'],
    ['a string length cut off', '00 7f'],
    ['bad Huffman code in a name', '00 81 00 01 61'],
    ['bad Huffman code in a value', '00 01 61 84 ffffffff'],
  ];
  for (const [what, block] of refused) test(what, () => assert.deepEqual(decoded(block), [undefined]));
});

test('no input makes it throw, and a block cut short decodes to a beginning of its fields or not at all', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc
      .constantFrom('82', 'be', 'c0', '20', '3fe11f', '4085f2b24a84ff8449509fff', '0003612d6202', '1f00', '7f80')
      .map((code) => Uint8Array.from(Buffer.from(code, 'hex'))),
    fc
      .tuple(fc.constantFrom(0, 0x10, 0x40), fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }))
      .map(([mark, n, v]) =>
        Uint8Array.from(
          Buffer.from(`${String.fromCharCode(mark, n.length)}${n}${String.fromCharCode(v.length)}${v}`, 'latin1'),
        ),
      ),
  );
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 8 }), { maxLength: 5 }), fc.nat(), (blocks, cut) => {
      const [whole, short] = [new HpackDecoder(), new HpackDecoder()];
      for (const pieces of blocks) {
        const block = Buffer.concat(pieces);
        const fields = decode(whole, block);
        const part = decode(short, block.subarray(0, block.length === 0 ? 0 : cut % block.length));
        if (fields === undefined || part === undefined) return;
        assert.deepEqual(part, fields.slice(0, part.length));
        if (part.length < fields.length) return; // their tables differ from here on
      }
    }),
    { numRuns: 1000 },
  );
});

test('a field comes with its line, made once', () => {
  const decoder = new HpackDecoder();
  const seen: Entry[] = [];
  const block = Buffer.from(`${indexed('a', '1')} be`.replaceAll(' ', ''), 'hex');
  decoder.decode(block, 0, block.length, seen, 1000);
  assert.equal(seen[0]?.line, 'a: 1\r\n');
  assert.equal(seen[0], seen[1]);
});
