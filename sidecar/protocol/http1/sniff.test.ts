import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { Sniffer, sniff } from './sniff.ts';

const of = (text: string) => sniff(Buffer.from(text, 'latin1'));

describe('by its first bytes a caller speaks', () => {
  test('HTTP/2', () => assert.equal(of('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0'), 'h2'));
  test('HTTP/1', () => {
    for (const line of ['GET / HTTP/1.1\r\n', 'OPTIONS * HTTP/1.1', 'GET http://web/ HTTP/1.1', 'M /']) {
      assert.equal(of(line), 'http1');
    }
  });
  test('something else', () => {
    for (const bytes of ['\x16\x03\x01\x02', 'SSH-2.0-x', '*1\r\n$4\r\nPING', 'get / HTTP/1.1', 'EHLO mail', '\0'])
      assert.equal(of(bytes), 'tunnel');
    assert.equal(of('A'.repeat(30)), 'tunnel', 'no method is that long');
  });
  test('nothing yet that tells', () => {
    for (const start of ['P', 'PRI * HTTP/2.0\r\n\r\nSM', 'GE', 'GET ', 'GET htt']) assert.equal(of(start), 'more');
  });
});

test('where the bytes are cut makes no difference', () => {
  for (const text of [
    'GET / HTTP/1.1',
    `${'M'.repeat(24)} https://web/`,
    `${'M'.repeat(25)} /`,
    'PRI / HTTP/1.1',
    'PUT hello',
  ]) {
    const verdicts = Array.from({ length: text.length }, (_, n) => of(text.slice(0, n + 1)));
    const told = new Set(verdicts.filter((verdict) => verdict !== 'more'));
    assert.equal(told.size, 1, `${text}: ${verdicts}`);
  }
});

/** A sniffer and what it has decided. */
function listening() {
  const clock = new ManualClock();
  const decided: string[] = [];
  const sniffer = new Sniffer(clock, (what, first) => decided.push(`${what} ${first.toString('latin1')}`));
  const hear = (text: string) => sniffer.hear(Buffer.from(`.${text}`, 'latin1'), 1, 1 + text.length);
  return { clock, decided, sniffer, hear };
}

test('bytes that come in pieces are judged together, and the time is over with the verdict', () => {
  const { clock, decided, hear } = listening();
  hear('GE');
  hear('T / HTTP/1.1');
  clock.advance(1000);
  assert.deepEqual(decided, ['http1 GET / HTTP/1.1']);
});

test('a caller that says nothing wants the other side to speak first', () => {
  const { clock, decided } = listening();
  clock.advance(249);
  assert.deepEqual(decided, []);
  clock.advance(1);
  assert.deepEqual(decided, ['tunnel ']);
});

test('a caller that is gone decides nothing', () => {
  const { clock, decided, sniffer } = listening();
  sniffer.close();
  clock.advance(1000);
  assert.deepEqual(decided, []);
});
