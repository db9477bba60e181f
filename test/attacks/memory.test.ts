import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Flag, Setting, Type } from '#sidecar/protocol/h2/frame.ts';
import {
  block,
  data,
  type Fields,
  frame,
  get,
  type H2Peer,
  headers,
  post,
  settings,
  window,
} from '#test/helpers/h2-peer.ts';
import { harmless, Target } from './fixture.ts';

// Attacks that make a peer hold much for little: bombs of header tables, windows that never open, heads that never end.

let target: Target;
before(async () => {
  target = await Target.start();
});
after(() => target.close());

const end = Flag.endHeaders | Flag.endStream;
const pseudo = (path: string) =>
  block(get(target.origin.authority).map(([n, v]) => [n, n === ':path' ? path : v] as const));

/** A literal that goes into the header table; sizes from 127 to 4 KB. */
function entry(name: string, value: string): string {
  const size = (n: number): string =>
    n < 127 ? String.fromCharCode(n) : `\x7f${String.fromCharCode(((n - 127) & 127) | 128, (n - 127) >> 7)}`;
  return `\x40${size(name.length)}${name}${size(value.length)}${value}`;
}

/** Lets what was sent be dealt with, or the connection end. */
const digested = (peer: H2Peer) => Promise.race([peer.settled().catch(() => {}), peer.closed, sleep(2000)]);

describe('bombs of header tables', () => {
  test('one entry of 4 KB, referred to sixteen thousand times a frame', async () => {
    harmless(
      await target.under(async () => {
        using attacker = await target.attacker();
        attacker.send(frame(Type.headers, end, 1, pseudo('/') + entry('x', 'v'.repeat(4000))));
        for (let id = 3; id < 200; id += 2) {
          attacker.send(frame(Type.headers, end, id, pseudo('/') + '\xbe'.repeat(16_000)));
          if (id % 50 === 1) await digested(attacker);
        }
        await digested(attacker);
      }),
    );
  });

  test('the same over CONTINUATION, a header block of 64 KB each', async () => {
    harmless(
      await target.under(async () => {
        using attacker = await target.attacker();
        attacker.send(frame(Type.headers, end, 1, pseudo('/') + entry('x', 'v'.repeat(4000))));
        const more = '\xbe'.repeat(16_000);
        for (let id = 3; id < 60; id += 2) {
          attacker.send(frame(Type.headers, Flag.endStream, id, pseudo('/') + more.slice(200)));
          attacker.send(
            frame(Type.continuation, 0, id, more).repeat(2),
            frame(Type.continuation, Flag.endHeaders, id, more),
          );
        }
        await digested(attacker);
      }),
    );
  });

  const held: readonly (readonly [what: string, name: string, value: string, times: number])[] = [
    ['a large field', 'x', 'v'.repeat(4000), 3],
    ['crumbs of a cookie', 'cookie', 'a', 380],
    ['large crumbs of a cookie', 'cookie', 'c'.repeat(2000), 7],
    ['an empty field', 'x', '', 480],
  ];
  for (const [what, name, value, times] of held) {
    test(`with windows that never open (2026): ${what}, in a thousand requests`, async () => {
      harmless(
        await target.under(async () => {
          const attackers = await Promise.all(
            Array.from({ length: 2 }, () => target.attacker(settings([Setting.window, 0]))),
          );
          for (const attacker of attackers) {
            attacker.send(frame(Type.headers, end, 1, pseudo('/100') + entry(name, value)));
            const bomb = pseudo('/100') + '\xbe'.repeat(times);
            for (let id = 3; id < 1000; id += 2) attacker.send(frame(Type.headers, end, id, bomb));
            await digested(attacker);
          }
          await sleep(300);
          for (const attacker of attackers) attacker.close();
        }),
      );
    });
  }

  test('entries too large to keep are not kept', async () => {
    harmless(
      await target.under(async () => {
        const attackers = await Promise.all(Array.from({ length: 10 }, () => target.attacker()));
        const fat = `\x40\x01x\x7f\xb1\x6c${'v'.repeat(14_000)}`; // 127 + 49 + 108 * 128 bytes
        for (let i = 0; i < 60; i++) {
          for (const attacker of attackers) attacker.send(frame(Type.headers, end, 2 * i + 1, pseudo('/') + fat));
        }
        for (const attacker of attackers) await digested(attacker);
        for (const attacker of attackers) attacker.close();
      }),
    );
  });
});

describe('windows that never open', () => {
  test('a thousand requests for a megabyte each', async () => {
    harmless(
      await target.under(async () => {
        using attacker = await target.attacker(settings([Setting.window, 0]));
        for (let id = 1; id < 2000; id += 2) {
          attacker.send(frame(Type.headers, end, id, pseudo('/1000000')));
          if (id % 100 === 1) await digested(attacker);
        }
        await sleep(1000);
      }),
    );
  });

  test('and open by the byte', async () => {
    harmless(
      await target.under(async () => {
        using attacker = await target.attacker(settings([Setting.window, 0]));
        for (let id = 1; id < 400; id += 2) attacker.send(frame(Type.headers, end, id, pseudo('/1000000')));
        for (let i = 0; i < 2000; i++) attacker.send(window((2 * i + 1) % 400, 1));
        await digested(attacker);
        await sleep(300);
      }),
    );
  });

  test('of the connection, with windows of streams wide open', async () => {
    harmless(
      await target.under(async () => {
        using attacker = await target.attacker(settings([Setting.window, 2 ** 31 - 1]));
        for (let id = 1; id < 1000; id += 2) attacker.send(frame(Type.headers, end, id, pseudo('/1000000')));
        await digested(attacker);
        await sleep(1000);
      }),
    );
  });

  test('a socket that is not read, with all windows wide open', async () => {
    harmless(
      await target.under(async () => {
        using attacker = await target.attacker(settings([Setting.window, 2 ** 31 - 1]));
        attacker.send(window(0, 2 ** 30));
        attacker.pause();
        for (let id = 1; id < 1000; id += 2) attacker.send(frame(Type.headers, end, id, pseudo('/1000000')));
        await sleep(1500);
      }),
    );
  });
});

describe('what never ends', () => {
  test('heads, byte by byte, on two hundred connections', async () => {
    harmless(
      await target.under(async () => {
        const attackers = await Promise.all(Array.from({ length: 200 }, () => target.attacker()));
        const fields: Fields = get(target.origin.authority, ['x-a', 'a'.repeat(14_000)]);
        const slow = frame(Type.headers, 0, 1, block(fields));
        for (let i = 0; i < 60; i++) {
          for (const attacker of attackers) attacker.send(slow.slice(240 * i, 240 * (i + 1)));
          await sleep(10);
        }
        for (const attacker of attackers) attacker.close();
      }),
    );
  });

  test('bodies, byte by byte, of a thousand uploads', async () => {
    harmless(
      await target.under(async () => {
        const attackers = await Promise.all(Array.from({ length: 10 }, () => target.attacker()));
        for (const attacker of attackers) {
          for (let id = 1; id < 200; id += 2)
            attacker.send(headers(id, post(target.origin.authority, ['content-length', '3000']), false));
        }
        for (let round = 0; round < 10; round++) {
          for (const attacker of attackers) for (let id = 1; id < 200; id += 2) attacker.send(data(id, 'x'));
          await sleep(50);
        }
        for (const attacker of attackers) attacker.close();
      }),
    );
  });

  test('greetings, of a thousand connections', async () => {
    harmless(
      await target.under(async () => {
        const sockets = Array.from({ length: 1000 }, () => connect(target.linker.port, '127.0.0.1'));
        for (const socket of sockets) {
          socket.on('error', () => {});
          socket.write('PRI * HTTP/2.0\r\n');
        }
        await sleep(1000);
        for (const socket of sockets) socket.destroy();
      }),
    );
  });
});
