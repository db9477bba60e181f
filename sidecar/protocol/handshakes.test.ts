import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { Handshakes, HURRIED_MS, MOST, PATIENT_MS } from './handshakes.ts';

/** A socket as far as it matters: it has an address, and can be closed. */
class Raw extends EventEmitter {
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort: number;
  destroyed = false;
  constructor(port: number) {
    super();
    this.remotePort = port;
  }
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

function scene() {
  const clock = new ManualClock();
  const started: number[] = [];
  const handshakes = new Handshakes(clock, (raw) => void started.push(raw.remotePort ?? -1));
  let port = 0;
  const come = (count: number): readonly Raw[] =>
    Array.from({ length: count }, () => {
      const raw = new Raw(++port);
      handshakes.add(raw as unknown as Socket);
      return raw;
    });
  return { clock, started, handshakes, come };
}

test('as many begin as may, and the others when one succeeds or closes, the last first', () => {
  const { started, handshakes, come } = scene();
  const first = come(MOST);
  come(2);
  const [, last] = come(2);
  assert.deepEqual([started.length, handshakes.waiting], [MOST, 4]);
  handshakes.done(first[0] as Raw);
  assert.equal(started.at(-1), last?.remotePort);
  first[1]?.destroy();
  assert.equal(started.at(-1), (last?.remotePort ?? 0) - 1);
  assert.deepEqual([handshakes.underWay, handshakes.waiting], [MOST, 2]);
});

test('one that succeeded is not cut off later', () => {
  const { clock, handshakes, come } = scene();
  const [one] = come(1);
  handshakes.done(one as Raw);
  clock.advance(2 * PATIENT_MS);
  assert.equal(one?.destroyed, false);
});

test('a handshake has ten seconds, and one where others wait', () => {
  const { clock, handshakes, come } = scene();
  const [alone] = come(1);
  clock.advance(PATIENT_MS - 200);
  assert.equal(alone?.destroyed, false);
  clock.advance(400);
  assert.equal(alone?.destroyed, true);
  const crowd = come(MOST);
  clock.advance(2 * HURRIED_MS);
  assert.equal(crowd.filter(({ destroyed }) => destroyed).length, 0);
  come(10);
  clock.advance(200);
  assert.equal(crowd.filter(({ destroyed }) => destroyed).length, 10, 'only as many as wait');
  assert.deepEqual([handshakes.underWay, handshakes.waiting], [MOST, 0]);
});

test('whoever waits too long is cut off, and with the server everybody is', () => {
  const { clock, handshakes, come } = scene();
  come(20 * MOST);
  clock.advance(PATIENT_MS + 200);
  assert.equal(handshakes.waiting, 0);
  const more = come(2 * MOST);
  handshakes.close();
  assert.ok(more.every(({ destroyed }) => destroyed));
  assert.deepEqual([handshakes.underWay, handshakes.waiting], [0, 0]);
});
