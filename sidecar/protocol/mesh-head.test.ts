import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { requestOf, requestTrailersOf, responseOf } from './h2/heads.ts';
import { HpackDecoder } from './h2/hpack-decoder.ts';
import { encodeField, encodeLines, encodeVarying } from './h2/hpack-encoder.ts';
import type { Entry } from './h2/static-table.ts';
import { meshField, reasonToTell, respelled, respelledTrailers, spell, spellTrailers, type Told } from './mesh-head.ts';

function decoded(block: string): readonly Entry[] {
  const fields: Entry[] = [];
  const bytes = Buffer.from(block, 'latin1');
  assert.ok(new HpackDecoder().decode(bytes, 0, bytes.length, fields, Number.POSITIVE_INFINITY) >= 0);
  return fields;
}

/** A request's lines as they come out of HTTP/2 at the other linker. */
function acrossRequest(lines: string, host: string, minor: 0 | 1 = 1): Told {
  const block =
    encodeField(':method', 'GET') +
    encodeField(':scheme', 'https') +
    encodeField(':path', '/') +
    (host === '' ? '' : encodeField(':authority', host)) +
    encodeLines(lines) +
    encodeVarying(meshField, spell(minor, lines));
  return respelled(requestOf(decoded(block))?.head.lines ?? assert.fail('malformed')) ?? assert.fail('not told');
}

/** The same for a response. */
function acrossResponse(lines: string, status: number, reason: string, switched = false, minor: 0 | 1 = 1): Told {
  const block =
    encodeField(':status', String(status)) +
    encodeLines(lines) +
    encodeVarying(meshField, spell(minor, lines, switched) + reasonToTell(status, reason));
  return respelled(responseOf(decoded(block))?.lines ?? assert.fail('malformed')) ?? assert.fail('not told');
}

describe('the code of', () => {
  const codes: readonly (readonly [what: string, lines: string, code: string])[] = [
    ['no lines', '', '1l'],
    ['lower case', 'host: a\r\nx-a: 1\r\n', '1l'],
    ['lower case with Host further on', 'x-a: 1\r\nhost: a\r\n', '1l1'],
    ['Words With Capitals', 'Host: a\r\nETag: 1\r\nX-Request-Id: 2\r\nWWW-Authenticate: x\r\n', '1c'],
    ['Words With Capitals and Host last', 'Accept: */*\r\nX-A: 1\r\nHost: a\r\n', '1c2'],
    ['anything else', 'HOST: a\r\nx-A: 1\r\n', '1=HOST,x-A'],
    ['Host in lower case among Words', 'host: a\r\nAccept: 1\r\n', '1=host,Accept'],
    [
      'what does not pass left out',
      'Keep-Alive: 1\r\nx-A: 1\r\nProxy-Connection: 1\r\nCookie: a\r\ncookie: b\r\n',
      '1=x-A,Cookie',
    ],
  ];
  for (const [what, lines, code] of codes) test(what, () => assert.equal(spell(1, lines), code));

  test('HTTP/1.0, and of a switch', () => {
    assert.equal(spell(0, ''), '0l');
    assert.equal(spell(1, 'X-A: 1\r\n', true), '1!c');
  });
});

const anyCase = (names: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...names), fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }))
    .map(([name, upper]) => [...name].map((c, i) => (upper[i] ? c.toUpperCase() : c)).join(''));
const names = ['accept', 'x-request-id', 'etag', 'a', 'x--', '9-z', "x-!#$%&'*+.^_`|~", 'www-authenticate', meshField];
const value = fc
  .string({ unit: fc.constantFrom(...'aZ 1\t,;=!~\x80\xff:'), maxLength: 20 })
  .map((v) => v.replace(/^[\t ]+|[\t ]+$/g, ''));
const block = (also: readonly string[] = []) =>
  fc
    .tuple(
      fc.constantFrom('any', 'lower', 'canonical'),
      fc.array(fc.tuple(anyCase([...names, ...also]), value), { maxLength: 8 }),
    )
    .map(([how, fields]) =>
      fields.map(([name, v]) => {
        const lower = name.toLowerCase();
        const words = lower.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
        return `${how === 'any' ? name : how === 'lower' ? lower : words}: ${v}\r\n`;
      }),
    );

test('any request head is the same on the other side, Host in its place', () => {
  fc.assert(
    fc.property(block(), anyCase(['host']), fc.nat(8), fc.constantFrom(0, 1), (fields, host, place, minor) => {
      const lines = fields.toSpliced(place, 0, `${host}: web.ns:80\r\n`).join('');
      const expected = { minor, lines, reason: '', switched: false };
      assert.deepEqual(acrossRequest(lines, 'web.ns:80', minor as 0 | 1), expected);
      assert.deepEqual(acrossRequest(fields.join(''), '', minor as 0 | 1), { ...expected, lines: fields.join('') });
    }),
    { numRuns: 1000 },
  );
});

test('any response head is the same on the other side, and its reason', () => {
  const reasons = value.map((v) => v.replace(/^[\t ]+/, ''));
  fc.assert(
    fc.property(block(), fc.constantFrom(200, 404, 599), reasons, fc.boolean(), (fields, status, reason, switched) => {
      const lines = fields.join('');
      assert.deepEqual(acrossResponse(lines, status, reason, switched), { minor: 1, lines, reason, switched });
    }),
    { numRuns: 1000 },
  );
});

test('fields that end at a hop do not disturb the spelling of the others', () => {
  fc.assert(
    fc.property(block(['keep-alive', 'proxy-connection']), (fields) => {
      const passing = fields.filter((line) => !/^(keep-alive|proxy-connection):/i.test(line));
      assert.equal(acrossRequest(fields.join(''), '').lines, passing.join(''));
    }),
  );
});

test('several cookies become one, in the place and spelling of the first', () => {
  const lines = 'Accept: a\r\ncOOkie: a=1\r\nX-b: 1\r\nCookie: b=2\r\nX-C: 2\r\n';
  assert.equal(acrossRequest(lines, '').lines, 'Accept: a\r\ncOOkie: a=1; b=2\r\nX-b: 1\r\nX-C: 2\r\n');
});

test('the usual reasons are not told, odd ones are, without blanks at their end', () => {
  assert.equal(reasonToTell(200, 'OK'), '');
  assert.equal(reasonToTell(200, ''), '');
  assert.equal(reasonToTell(200, 'Fine'), ' Fine');
  assert.equal(acrossResponse('', 200, 'So  so \t').reason, 'So  so');
  assert.equal(acrossResponse('', 200, '  ').reason, '');
});

test('a line added behind those that were spelled keeps its lower case', () => {
  const lines = `x-A: 1\r\nforwarded: by=a\r\n${meshField}: 1=x-A\r\n`;
  assert.equal(respelled(lines)?.lines, 'x-A: 1\r\nforwarded: by=a\r\n');
});

test('a block without the field is left to whoever sent it', () => {
  assert.equal(respelled('x-a: 1\r\n'), undefined);
  assert.equal(respelled(`x-${meshField}: 1c\r\n`), undefined);
});

test('a peer can change nothing but the case of names', () => {
  const lines = 'Host: a\r\nx-a: 1\r\ncontent-type: b\r\n';
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'01cl=!,:9 -', 'host', 'x-A', 'Evil', 'x-a'), maxLength: 12 }),
      (code) => {
        const told = respelled(`${lines}${meshField}: ${code}\r\n`) ?? assert.fail();
        const sorted = (text: string) => text.toLowerCase().split('\r\n').toSorted();
        assert.deepEqual(sorted(told.lines), sorted(lines));
      },
    ),
    { numRuns: 1000, examples: [['1c-9'], ['1l0.5'], ['1c99999']] },
  );
});

test('trailers keep their spelling; where it is lower case nothing is added', () => {
  assert.equal(spellTrailers('x-sum: 1\r\n'), 'x-sum: 1\r\n');
  fc.assert(
    fc.property(block(), (fields) => {
      const lines = fields.filter((line) => !line.startsWith(meshField)).join('');
      const crossed = requestTrailersOf(decoded(encodeLines(spellTrailers(lines)))) ?? assert.fail();
      assert.equal(respelledTrailers(crossed), lines);
    }),
  );
});

test('what is remembered is bounded and right', () => {
  for (let i = 0; i < 3000; i++) assert.equal(spell(1, `x-${i}: 1\r\n`), '1l');
  assert.equal(spell(1, 'X-A: 1\r\n'), '1c');
});
