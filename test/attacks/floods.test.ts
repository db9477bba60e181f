import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Code, Flag, Setting, Type } from '#sidecar/protocol/h2/frame.ts';
import { codeOf, data, frame, get, headers, post, reset, settings, window } from '#test/helpers/h2-peer.ts';
import { flood, harmless, Target } from './fixture.ts';

// Floods of frames that cost their sender little. Each must be ended within a second, by ENHANCE_YOUR_CALM.

let target: Target;
before(async () => {
  target = await Target.start();
});
after(() => target.close());

/** So many of a frame in one write. */
const many = (one: string) => one.repeat(200);
/** Two hundred streams in one write, each with what `of` makes of it. */
const streams = (of: (id: number) => string) => (round: number) =>
  Array.from({ length: 200 }, (_, i) => of(2 * (200 * round + i) + 1)).join('');

const request = (id: number) => headers(id, get(target.origin.authority));
const upload = (id: number) => headers(id, post(target.origin.authority), false);

const floods: readonly (readonly [what: string, piece: (round: number) => string])[] = [
  ['rapid reset (CVE-2023-44487)', streams((id) => request(id) + reset(id, Code.cancel))],
  ['rapid reset of uploads', streams((id) => upload(id) + data(id, 'x') + reset(id, Code.cancel))],
  ['MadeYouReset (CVE-2025-8671): window updates of nothing', streams((id) => request(id) + window(id, 0))],
  ['MadeYouReset: windows beyond 2^31 - 1', streams((id) => request(id) + window(id, 2 ** 31 - 1))],
  ['MadeYouReset: PRIORITY of a wrong size', streams((id) => request(id) + frame(Type.priority, 0, id, 'abcd'))],
  ['MadeYouReset: DATA behind the end', streams((id) => request(id) + data(id, 'x'))],
  ['MadeYouReset: HEADERS behind the end', streams((id) => request(id) + headers(id, [['x-a', '1']]))],
  ['MadeYouReset: a length that is not kept', streams((id) => headers(id, post('x', ['content-length', '5'])))],
  ['CONTINUATION (2024)', (n) => (n === 0 ? frame(Type.headers, 0, 1) : many(frame(Type.continuation, 0, 1, '\x82')))],
  ['CONTINUATION of nothing', (n) => (n === 0 ? frame(Type.headers, 0, 1) : many(frame(Type.continuation, 0, 1)))],
  [
    'CONTINUATION of much',
    (n) =>
      n === 0 ? frame(Type.headers, 0, 1) : frame(Type.continuation, 0, 1, `\0\x01x\x7f\x81\x7d${'v'.repeat(16_000)}`),
  ],
  ['SETTINGS (CVE-2019-9515)', () => many(settings([Setting.window, 65_535]))],
  ['windows up and down', () => many(settings([Setting.window, 1]) + settings([Setting.window, 2 ** 31 - 1]))],
  ['PING (CVE-2019-9512)', () => many(frame(Type.ping, 0, 0, '12345678'))],
  ['empty DATA (CVE-2019-9518)', (n) => (n === 0 ? upload(1) : many(data(1, '')))],
  ['padding', (n) => (n === 0 ? upload(1) : many(frame(Type.data, Flag.padded, 1, '\x01\0')))],
  ['PRIORITY (CVE-2019-9513)', () => many(frame(Type.priority, 0, 77, '\0\0\0\x01\x10'))],
  ['window updates by the byte', () => many(window(0, 1))],
  ['unknown frames', () => many(frame(0x77, 0, 0, 'x'))],
  [
    'header blocks too large to take',
    streams((id) => headers(id, get('x', ['x-a', 'a'.repeat(15_000)], ['x-b', 'b'.repeat(1000)]))),
  ],
];

describe('ended within a second, without harm to others:', () => {
  for (const [what, piece] of floods) {
    test(what, async () => {
      let ended = { ms: 0, bytes: 0 };
      let code = -1;
      let made = 0;
      const damage = await target.under(async () => {
        const attacker = await target.attacker();
        const told = attacker.until(Type.goaway, undefined, 3000).then(codeOf, () => -1);
        ended = await flood(attacker, piece);
        code = await told;
        made = attacker.socket.bytesRead;
        attacker.close();
      });
      harmless(damage);
      assert.ok(ended.ms <= 1000, `${ended.ms} ms`);
      assert.ok(made <= 10 * ended.bytes, `${ended.bytes} bytes made the linker say ${made}`);
      assert.equal(code, Code.calm);
    });
  }
});

test('an attacker that comes back again and again does no harm either', async () => {
  let attempts = 0;
  const damage = await target.under(async () => {
    const until = performance.now() + 2000;
    const attack = async (): Promise<void> => {
      while (performance.now() < until) {
        const attacker = await target.attacker();
        attempts += 1;
        await flood(
          attacker,
          streams((id) => request(id) + reset(id, Code.cancel)),
        );
        attacker.close();
      }
    };
    await Promise.all([attack(), attack(), attack(), attack()]);
  });
  harmless(damage);
  assert.ok(attempts > 20, `${attempts} attempts`);
});

test('one that does not read what it makes us say is ended too', async () => {
  const damage = await target.under(async () => {
    const attacker = await target.attacker();
    attacker.pause();
    const one = frame(Type.ping, 0, 0, '12345678');
    const began = performance.now();
    while (!attacker.socket.destroyed && attacker.socket.writable && performance.now() - began < 3000) {
      attacker.socket.write(Buffer.from(many(one), 'latin1'));
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (performance.now() - began > 200) attacker.resume(); // it looks up, and finds the connection ended
    }
    await attacker.closed;
    assert.ok(performance.now() - began < 2000, 'it is cut off');
  });
  harmless(damage);
});
