import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { element, path } from '#test/naming/arbitrary.ts';
import { showElement, toBytes, toText } from './labels.ts';
import { Path } from './path.ts';
import { ParseError } from './scanner.ts';

test('reading what is shown gives the path back', () => {
  fc.assert(fc.property(path, (p) => assert.deepEqual(Path.read(p.show).segments, p.segments)));
});

test('paths are equal exactly if they are shown alike', () => {
  fc.assert(fc.property(path, path, (p, q) => assert.equal(p.equals(q), p.show === q.show)));
});

test('an element with a byte that is no label character is shown byte by byte', () => {
  assert.equal(Path.of('a b', 'plain').show, '/\\x61\\x20\\x62/plain');
  assert.equal(Path.of('*').show, '/\\x2a');
  fc.assert(
    fc.property(element, (bytes) => {
      const plain = /^[0-9A-Za-z_:.#$%-]+$/.test(bytes);
      assert.equal(showElement(bytes) === bytes, plain);
      assert.match(showElement(bytes), plain ? /^[^\\]+$/ : /^(?:\\x[0-9a-f]{2})+$/);
    }),
  );
});

test('an element of characters that are no bytes is still shown readably', () => {
  assert.match(showElement('\u0141'), /^\\x[0-9a-f]{2}$/);
});

test('hex escapes are read in either case, and shown only where needed', () => {
  assert.equal(Path.read('/\\x41\\x2F').show, '/\\x41\\x2f');
  assert.equal(Path.read('/\\x41').show, '/A');
  assert.deepEqual(Path.read('/caf\\xC3\\xA9').segments, ['caf\xc3\xa9']);
});

test('text becomes UTF-8, and is given back; what is no UTF-8 is replaced', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.equal(toText(toBytes(text)), text)));
  assert.deepEqual(Path.utf8('café', 'x').segments, ['caf\xc3\xa9', 'x']);
  assert.equal(toText('\xff'), '\ufffd');
});

test('the algebra of prefixes', () => {
  fc.assert(
    fc.property(path, path, fc.nat(5), (p, q, n) => {
      const whole = p.concat(q);
      assert.equal(whole.size, p.size + q.size);
      assert.ok(whole.startsWith(p));
      assert.ok(whole.take(p.size).equals(p));
      assert.ok(whole.drop(p.size).equals(q));
      assert.ok(p.take(n).concat(p.drop(n)).equals(p));
    }),
  );
  assert.ok(!Path.read('/a').startsWith(Path.read('/a/b')));
});

test('blanks and comments may surround a path', () => {
  assert.equal(Path.read(' # which\n /a/b # and why').show, '/a/b');
});

test('a text that is no path is refused with the place', () => {
  const places: readonly (readonly [string, string, number])[] = [
    ['', "'/' expected but end of input found at '[]'", 0],
    ['a', "'/' expected but 'a' found at '[a]'", 0],
    ['/a/', "label char expected but end of input found at '/a/[]'", 3],
    ['/a//b', "label char expected but '/' found at '/a/[/]b'", 3],
    ['/a b', "end of input expected but 'b' found at '/a [b]'", 3],
    ['/\\x4', "hex char expected but end of input found at '/\\x4[]'", 4],
    ['/\\x4g', "hex char expected but 'g' found at '/\\x4[g]'", 4],
    ['/\\y', "'x' expected but 'y' found at '/\\[y]'", 2],
  ];
  for (const [text, message, at] of places) {
    assert.throws(
      () => Path.read(text),
      (error) => error instanceof ParseError && error.message === message && error.at === at,
    );
  }
});

test('an empty element is refused', () => {
  assert.throws(() => Path.of('a', ''), /empty/);
  assert.equal(Path.of(), Path.empty);
});
