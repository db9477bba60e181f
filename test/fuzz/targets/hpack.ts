import assert from 'node:assert/strict';
import { HpackDecoder } from '#sidecar/protocol/h2/hpack-decoder.ts';
import { encodeField, encodeVaryingLines } from '#sidecar/protocol/h2/hpack-encoder.ts';
import type { Entry } from '#sidecar/protocol/h2/static-table.ts';
import type { Target } from '../target.ts';

const LIMIT = 5000;

/** Header blocks, each behind a byte with its length: they decode or are refused, and what was decoded encodes to itself. */
export const target: Target = {
  run(input) {
    const decoder = new HpackDecoder();
    for (let at = 0; at < input.length; ) {
      const end = Math.min(input.length, at + 1 + (input[at] as number));
      const fields: Entry[] = [];
      const size = decoder.decode(input, at + 1, end, fields, LIMIT);
      if (size < 0) return;
      const kept = fields.reduce((sum, field) => sum + field.size, 0);
      assert.ok(kept <= Math.min(size, LIMIT));
      for (const { name, value, line } of fields) {
        assert.equal(line, `${name}: ${value}\r\n`);
        again(name, value, encodeField(name, value));
        if (/^[a-z-]+$/.test(name) && /^[!-~]*$/.test(value)) again(name, value, encodeVaryingLines(line));
      }
      at = end;
    }
  },
  seeds: [
    '\x04\x82\x84\x86\xbe',
    '\x10\x40\x0acustom-key\x03abc\x01\xbe',
    '\x0e\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff\x02\xbe\xbf',
    '\x05\x3f\xe1\x1f\x20\x82\x01\x20',
    '\x06\x0f\x0d\x02\x31\x32\x10\x03\x1f\x00\x01',
    '\x09\x00\x81\x1f\x84\xff\xff\xff\xff\x7f',
  ],
};

const unsaid = new Set(['host', 'keep-alive', 'proxy-connection']);

function again(name: string, value: string, block: string): void {
  if (unsaid.has(name)) return;
  const fields: Entry[] = [];
  const bytes = Buffer.from(block, 'latin1');
  new HpackDecoder().decode(bytes, 0, bytes.length, fields, Number.POSITIVE_INFINITY);
  assert.deepEqual(
    fields.map((field) => [field.name, field.value]),
    [[name.toLowerCase(), value]],
  );
}
