import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { ConfigDocument, type Step } from './document.ts';

const text = `a: 1
b:
  - x: one # first
    y:
  - two
"c d": {e: [5, 'six']}
`;
const document = new ConfigDocument(text);

/** The rest of the line that a place points at. */
const at = (offset: number): string => text.slice(offset).split('\n')[0] ?? '';

test('values are plain data; a key without a value is there and undefined', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(document.value())), {
    a: 1,
    b: [{ x: 'one' }, 'two'],
    'c d': { e: [5, 'six'] },
  });
  assert.ok('y' in ((document.value() as { b: object[] }).b[0] ?? {}));
});

test('every value and every key has its place', () => {
  assert.equal(at(document.offsetOf(['b', 0, 'x'])), 'one # first');
  assert.equal(at(document.offsetOfKey(['b', 0, 'x'])), 'x: one # first');
  assert.equal(at(document.offsetOf(['c d', 'e', 1])), "'six']}");
  assert.equal(at(document.offsetOfKey(['c d'])), '"c d": {e: [5, \'six\']}');
});

test('what is not there has the place of the section it would stand in, a key without value its own', () => {
  assert.equal(at(document.offsetOf(['b', 0, 'y'])), 'y:');
  assert.equal(at(document.offsetOf(['b', 0, 'z', 'w'])), 'x: one # first');
  assert.equal(at(document.offsetOf(['nope'])), 'a: 1');
});

test('paths are shown as people write them, without indices that the file does not have', () => {
  assert.equal(document.show(['b', 0, 'x']), 'b[0].x');
  assert.equal(document.show(['c d', 0, 'e', 1]), 'c d.e[1]');
  assert.equal(document.show([]), '');
});

test('scalars are known by how they were written', () => {
  assert.equal(document.bare(['a']), '1');
  assert.equal(document.bare(['c d', 'e', 1]), undefined);
  assert.equal(document.bare(['b']), undefined);
});

test('a scalar can be read anew, once, and a key dropped', () => {
  const own = new ConfigDocument('a: 1\nb: 2\n');
  assert.equal(own.reread(['a'], '1'), true);
  assert.equal(own.reread(['a'], '1'), false);
  own.drop(['b']);
  assert.deepEqual({ ...(own.value() as object) }, { a: '1' });
});

test('the place of each character of a string is found again in its source', () => {
  const strings = fc
    .array(fc.stringMatching(/^[a-z=>/; ]{0,12}$/), { minLength: 1, maxLength: 4 })
    .map((l) => l.join('\n').trim());
  const styles = fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED' as const);
  return fc.assert(
    fc.property(strings, styles, (value, defaultStringType) => {
      const source = stringify({ k: { v: value } }, { defaultStringType, defaultKeyType: 'PLAIN', lineWidth: 0 });
      const own = new ConfigDocument(source);
      const path: Step[] = ['k', 'v'];
      for (let i = 0; i < value.length; i++) {
        const char = value[i] ?? '';
        if (/\s/.test(char)) continue; // folded away, or written as an escape
        assert.equal(source[own.offsetInside(path, i)], char, `${i} of ${JSON.stringify(value)} in\n${source}`);
      }
    }),
  );
});
