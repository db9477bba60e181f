import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { makeCa } from '#test/helpers/certs.ts';
import { freePort } from '#test/helpers/free-port.ts';
import { eventually } from '#test/helpers/within.ts';
import { client, type Hops, origin, pour, startTcp, tlsOrigin } from './fixture.ts';

for (const hops of [1, 2] as const satisfies readonly Hops[]) {
  describe(`through ${hops} linker${hops === 1 ? '' : 's, mutual TLS between them'}`, () => {
    test('linkerd1: raw TCP, WebSocket, CONNECT: an origin that speaks first, as MySQL and SMTP do, is heard before the client says a word', async (t) => {
      const port = await origin(t, (socket) => {
        socket.write('220 mail.test\r\n');
        socket.on('data', (line: Buffer) => {
          if (line.toString().startsWith('QUIT')) socket.end('221 bye\r\n');
          else socket.write(`250 ${line}`);
        });
      });
      await using linker = await startTcp(hops, [port]);
      const one = await client(t, linker.port);
      await one.says('220 mail.test');
      one.socket.write('EHLO client\r\n');
      await one.says('250 EHLO client');
      one.socket.write('QUIT\r\n');
      assert.equal(await one.ended(), 'fin');
      one.socket.end();
      assert.equal(one.seen.text, '220 mail.test\r\n250 EHLO client\r\n221 bye\r\n');
    });

    test('what the origin says after the client has ended still arrives, after a pause as well', async (t) => {
      let got = '';
      const port = await origin(t, (socket) => {
        socket.on('data', (bytes: Buffer) => {
          got += bytes.toString();
        });
        socket.on('end', () => setTimeout(() => socket.end(`counted ${got.length}`), 3000));
      });
      await using linker = await startTcp(hops, [port]);
      const one = await client(t, linker.port);
      one.socket.end('hello');
      assert.equal(await one.ended(), 'fin');
      assert.equal(one.seen.text, 'counted 5');
    });

    test('what the client says after the origin has ended still arrives', async (t) => {
      let got = '';
      const port = await origin(t, (socket) => {
        socket.end('first');
        socket.on('data', (bytes: Buffer) => {
          got += bytes.toString();
        });
      });
      await using linker = await startTcp(hops, [port]);
      const one = await client(t, linker.port);
      assert.equal(await one.ended(), 'fin');
      assert.equal(one.seen.text, 'first');
      setTimeout(() => one.socket.end('and last'), 2500);
      await eventually(() => got === 'and last' || undefined, 'the origin has it');
    });

    test('a hundred megabytes each way at once come through as they were', async (t) => {
      let up = '';
      let down = '';
      const port = await origin(t, (socket) => {
        const hash = createHash('sha256');
        socket.on('data', (bytes: Buffer) => hash.update(bytes));
        socket.on('end', () => {
          up = hash.digest('hex');
        });
        void pour(socket, 100).then((digest) => {
          down = digest;
        });
      });
      await using linker = await startTcp(hops, [port]);
      const one = await client(t, linker.port);
      const sent = await pour(one.socket, 100);
      assert.equal(await one.ended(60_000), 'fin');
      await eventually(() => up || undefined, 'the origin has all', 60_000);
      assert.equal(up, sent);
      assert.equal(one.seen.hash.digest('hex'), down);
      const near = 'rt/near/server/127.0.0.1';
      const metrics = await eventually(async () => {
        const all = await linker.metrics();
        return all[`${near}/${linker.port}/requests`] === 1 ? all : undefined;
      }, 'it is counted');
      assert.equal(metrics[`${near}/${linker.port}/received_bytes`], 100 << 20);
      assert.equal(metrics[`${near}/${linker.port}/sent_bytes`], 100 << 20);
      assert.equal(metrics[`${near}/${linker.port}/connection_received_bytes.sum`], 100 << 20);
      assert.equal(metrics[`${near}/${linker.port}/connection_duration.count`], 1);
      assert.equal(metrics[`${near}/${linker.port}/connections`], 0);
      assert.equal(metrics['rt/near/service/svc/db/success'], 1);
      const end = `rt/${hops === 1 ? 'near' : 'far'}/client/#/io.l5d.fs/db`;
      assert.equal(metrics[`${end}/connection_sent_bytes.sum`], 100 << 20);
      assert.equal(metrics[`${end}/received_bytes`], 100 << 20);
    });

    test('TLS between the applications passes untouched', async (t) => {
      const ca = makeCa('app');
      const app = ca.issue({ cn: 'app.test', dns: ['app.test'] });
      const port = await tlsOrigin(t, { key: app.key, cert: app.cert }, (socket) => socket.pipe(socket));
      await using linker = await startTcp(hops, [port]);
      const socket = connectTls({ port: linker.port, host: '127.0.0.1', servername: 'app.test', ca: ca.cert });
      t.after(() => socket.destroy());
      let heard = '';
      socket.on('data', (bytes: Buffer) => {
        heard += bytes.toString();
      });
      await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
      socket.write('sealed');
      await eventually(() => heard === 'sealed' || undefined, 'it is echoed');
      assert.equal(socket.authorized, true);
    });

    test('a replica that does not answer is passed over, and without any the client is reset', async (t) => {
      const port = await origin(t, (socket) => socket.end('hello'));
      await using linker = await startTcp(hops, [await freePort(), port, await freePort()]);
      for (let i = 0; i < 5; i++) {
        const one = await client(t, linker.port);
        assert.equal(await one.ended(), 'fin');
        assert.equal(one.seen.text, 'hello');
        one.socket.end();
      }
      linker.endpoints('db', [await freePort()]);
      await eventually(async () => {
        const one = await client(t, linker.port);
        return (await one.ended()) === 'ECONNRESET' || undefined;
      }, 'the client is reset');
    });

    test('a reset on one side is a reset on the other', async (t) => {
      let reset = '';
      const port = await origin(t, (socket) => {
        socket.write('ready');
        socket.on('error', (error: NodeJS.ErrnoException) => {
          reset = error.code ?? '';
        });
        socket.on('data', () => socket.resetAndDestroy());
      });
      await using linker = await startTcp(hops, [port]);
      const one = await client(t, linker.port);
      await one.says('ready');
      one.socket.resetAndDestroy();
      await eventually(() => reset === 'ECONNRESET' || undefined, 'the origin is reset');
      const two = await client(t, linker.port);
      await two.says('ready');
      two.socket.write('go');
      assert.equal(await two.ended(), 'ECONNRESET');
    });

    test('a reader that stops, stops the writer; the linker holds little', async (t) => {
      let wrote = 0;
      const port = await origin(t, (socket) => {
        const piece = Buffer.alloc(1 << 16);
        const more = () => {
          while (wrote < 1 << 30 && socket.write(piece)) wrote += piece.length;
        };
        socket.on('drain', more);
        more();
      });
      await using linker = await startTcp(hops, [port]);
      const before = linker.residentBytes();
      const one = await client(t, linker.port);
      await one.says('\0');
      one.socket.pause();
      let last = -1;
      await eventually(
        async () => {
          const still = last === wrote;
          last = wrote;
          await new Promise((resolve) => setTimeout(resolve, 300));
          return still || undefined;
        },
        'the writer stands still',
        30_000,
      );
      assert.ok(wrote < 1 << 26, `${wrote} bytes were taken`);
      assert.ok(linker.residentBytes() - before < 60 << 20, 'little memory is held');
    });
  });
}

test('what carries nothing for too long is reset, and one too many is refused', async (t) => {
  const port = await origin(t, (socket) => socket.write('ready'));
  await using linker = await startTcp(2, [port], { router: '  idleTimeoutMs: 1000', server: 'maxConnections: 2' });
  const one = await client(t, linker.port);
  const two = await client(t, linker.port);
  await one.says('ready');
  await two.says('ready');
  const three = await client(t, linker.port);
  assert.equal(await three.ended(), 'ECONNRESET');
  assert.equal((await linker.metrics())[`rt/near/server/127.0.0.1/${linker.port}/nacks`], 1);
  assert.equal(await one.ended(), 'ECONNRESET');
  assert.equal(await two.ended(), 'ECONNRESET');
  const four = await client(t, linker.port);
  await four.says('ready');
});

test('on SIGTERM no tunnel is begun, those there are go on, and what is left at the end of the grace period is reset', async (t) => {
  const port = await origin(t, (socket) => {
    socket.write('ready');
    socket.pipe(socket);
  });
  await using linker = await startTcp(2, [port]);
  const one = await client(t, linker.port);
  const two = await client(t, linker.port);
  await one.says('ready');
  await two.says('ready');
  linker.signal('SIGTERM');
  await eventually(
    () =>
      client(t, linker.port).then(
        () => undefined,
        () => true,
      ),
    'nobody listens any more',
  );
  one.socket.write('still here');
  await one.says('still here');
  one.socket.end();
  assert.equal(await one.ended(), 'fin');
  assert.equal(await two.ended(), 'ECONNRESET');
  assert.equal(await linker.exited, 1);
});

test('with every tunnel ended in time it exits with 0', async (t) => {
  const port = await origin(t, (socket) => {
    socket.write('ready');
    socket.pipe(socket);
  });
  await using linker = await startTcp(2, [port]);
  const one = await client(t, linker.port);
  await one.says('ready');
  linker.signal('SIGTERM');
  one.socket.end();
  assert.equal(await one.ended(), 'fin');
  assert.equal(await linker.exited, 0);
});

test('a name that leads nowhere is a reset, and counts as a failure', async (t) => {
  await using linker = await startTcp(1, []);
  const one = await client(t, linker.port);
  assert.equal(await one.ended(), 'ECONNRESET');
  const server = `rt/near/server/127.0.0.1/${linker.port}`;
  const metrics = await linker.metrics();
  assert.deepEqual([metrics[`${server}/requests`], metrics[`${server}/failures`]], [1, 1]);
});
