import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dtab, path, prefix, tree } from '#test/naming/arbitrary.ts';
import { showDentry, showDtab, showPathTree } from './dtab.ts';
import { ParseError, readDentry, readDtab, readTree } from './parse.ts';
import { Prefix } from './prefix.ts';

/** A tree or dtab by what it says, since paths hold caches. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function refusal(text: string): readonly [string, number] {
  try {
    readDtab(text);
  } catch (error) {
    if (error instanceof ParseError) return [error.message, error.at];
    throw error;
  }
  return ['accepted', -1];
}

test('reading what is shown gives the tree back', () => {
  fc.assert(fc.property(tree(path), (t) => assert.deepEqual(plain(readTree(showPathTree(t))), plain(t))));
});

test('reading what is shown gives the dtab back', () => {
  fc.assert(fc.property(dtab, (d) => assert.deepEqual(plain(readDtab(showDtab(d))), plain(d))));
});

test('reading what is shown gives the prefix back', () => {
  fc.assert(fc.property(prefix, (p) => assert.deepEqual(Prefix.read(p.show).elements, p.elements)));
});

test('what is shown is canonical, however it was written', () => {
  const blank = fc.constantFrom('', ' ', '\n\t', ' # why; not\n', '\r\n', '\u2003');
  fc.assert(
    fc.property(dtab, fc.infiniteStream(blank), (d, blanks) => {
      const spaced = showDtab(d).replace(/=>|[;|&()]| (?=[|&])/g, (token) => {
        const [before, after] = [blanks.next().value, blanks.next().value];
        return `${before.startsWith(' #') ? ` ${before}` : before}${token.trim()}${after}`;
      });
      assert.equal(showDtab(readDtab(`${spaced} ${d.length > 0 ? ';' : ''}\n`)), showDtab(d));
    }),
  );
});

test('alternation binds loosest, then union, then weights; a lone weight is lost', () => {
  assert.equal(showPathTree(readTree('/a | 0.9*/b & .1 * (/c | /d)')), '/a | 0.90*/b & 0.10*(/c | /d)');
  assert.equal(showDentry(readDentry('/a => 0.5 * /b')), '/a=>/b');
  assert.deepEqual(readTree('1. * ! & 007 * $'), {
    kind: 'union',
    trees: [
      { weight: 1, tree: { kind: 'fail' } },
      { weight: 7, tree: { kind: 'empty' } },
    ],
  });
});

test('an escaped star is a star, a bare one any element', () => {
  const [literal, any] = [Prefix.read('/\\x2a'), Prefix.read('/*')];
  assert.deepEqual([literal.show, any.show], ['/\\x2a', '/*']);
  assert.equal(readDtab('/\\x2a => /x')[0]?.prefix.elements[0], '*');
  assert.equal(any.elements[0], null);
  assert.equal(Prefix.read('/').size, 0);
});

test('a text that is no dtab is refused with the place', () => {
  assert.deepEqual(refusal('/a => /b;;/c => /d'), ["'/' expected but ';' found at '/a => /b;[;]/c => /d'", 9]);
  assert.deepEqual(refusal('/a => 1.2.3 * /b'), ["number char expected but '.' found at '/a => 1.2[.]3 * /b'", 9]);
  assert.deepEqual(refusal('/a => . * /b'), ["weight expected but '.' found at '/a => .[ ]* /b'", 7]);
  assert.deepEqual(refusal(`/a => ${'9'.repeat(400)} * /b`)[1], 406);
  assert.deepEqual(refusal('/a => (/b'), ["')' expected but end of input found at '/a => (/b[]'", 9]);
  assert.deepEqual(refusal('/a => /b\u00a0'), ["end of input expected but '\u00a0' found at '/a => /b[\u00a0]'", 8]);
});

test('any text is either a dtab or refused, never worse', () => {
  const token = fc.constantFrom(
    '/a',
    '/*',
    '=>',
    ';',
    '|',
    '&',
    '(',
    ')',
    '!',
    '~',
    '$',
    '1.5',
    '*',
    ' ',
    '#',
    '\n',
    '\\x4',
    'é',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 30 }), (tokens) => {
      const text = tokens.join('');
      const [message, at] = refusal(text);
      assert.ok(message === 'accepted' || (at >= 0 && at <= text.length));
    }),
  );
});

test('parentheses beyond what anyone writes are refused, not followed', () => {
  const nested = (n: number): string => `/a => ${'('.repeat(n)}/b${')'.repeat(n)}`;
  assert.equal(refusal(nested(64))[0], 'accepted');
  assert.match(refusal(nested(65))[0], /^at most 64 nested parentheses expected/);
  assert.match(refusal(nested(100_000))[0], /^at most 64 nested parentheses expected/);
});
