import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MeshError } from '../router/errors.ts';
import { errorLines } from './error-lines.ts';

const lines = (encoded: string) => `l5d-err: ${encoded}\r\nContent-Type: text/plain\r\n`;

for (const [text, encoded] of [
  ['aZ09.-*_', 'aZ09.-*_'],
  ['a b', 'a+b'],
  ['/svc/web\n', '%2Fsvc%2Fweb%0A'],
  ['a+b%', 'a%2Bb%25'],
  ['é', '%E9'],
  ['=>|&~', '%3D%3E%7C%26%7E'],
  ['\r\nX-Evil: 1', '%0D%0AX-Evil%3A+1'],
] as const) {
  test(`${JSON.stringify(text)} is ${encoded} in l5d-err`, () => {
    assert.equal(errorLines(new MeshError('unbound', text), 1000), lines(encoded));
  });
}

test('what is too long is cut', () => {
  assert.equal(errorLines(new MeshError('unbound', 'a b c d'), 4), lines('a+b+'));
});
