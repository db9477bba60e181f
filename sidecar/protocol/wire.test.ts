import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { accept, listenTo, type Wire, type WireHandler } from './wire.ts';

const quiet: WireHandler = { data() {}, full() {}, drained() {}, closed() {} };

/** A wire over an accepted connection, and the caller at its other end. */
async function pair(make: typeof accept, handler: WireHandler): Promise<{ wire: Wire; caller: Socket; close(): void }> {
  const server = createServer({ pauseOnConnect: true, noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = new Promise<Wire>((resolve) => {
    server.once('connection', (socket) => resolve(make(socket, handler, { received: 0, sent: 0 })));
  });
  const caller = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(caller, 'connect');
  return {
    wire: await accepted,
    caller,
    close() {
      caller.destroy();
      server.close();
    },
  };
}

test('accepted plain sockets read into the shared buffer on this Node', async () => {
  const { wire, close } = await pair(accept, quiet);
  assert.ok(!wire.socket.listenerCount('data'), "the fallback to 'data' events is in use");
  close();
});

for (const [name, make] of [
  ['onread', accept],
  ['data events', listenTo],
] as const) {
  test(`what is written in answer to one read goes out as one piece (${name})`, async () => {
    const answer: WireHandler = { ...quiet };
    const { wire, caller, close } = await pair(make, answer);
    answer.data = (bytes, from, to) => {
      wire.text('got ');
      wire.write(bytes, from, to);
      wire.text('!');
    };
    caller.write('this');
    const [piece] = (await once(caller, 'data')) as [Buffer];
    assert.equal(piece.toString(), 'got this!');
    close();
  });

  test(`a paused wire gives no bytes until it is resumed (${name})`, async () => {
    const seen: string[] = [];
    const { wire, caller, close } = await pair(make, {
      ...quiet,
      data: (bytes, from, to) => void seen.push(bytes.toString('latin1', from, to)),
    });
    wire.pause();
    caller.write('one');
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(seen, []);
    wire.resume();
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(seen, ['one']);
    close();
  });

  test(`full is told when the peer does not read, drained when it does (${name})`, async () => {
    const told: string[] = [];
    const { wire, caller, close } = await pair(make, {
      ...quiet,
      full: () => void told.push('full'),
      drained: () => void told.push('drained'),
    });
    caller.pause();
    const part = Buffer.alloc(1 << 20);
    for (let i = 0; i < 40 && !told.includes('full'); i++) wire.write(part, 0, part.length);
    assert.ok(told.includes('full'));
    caller.resume();
    while (!told.includes('drained')) await new Promise((resolve) => setTimeout(resolve, 5));
    close();
  });

  test(`a peer that reads late, after the wire was ended, still gets every byte (${name})`, async () => {
    const { wire, caller, close } = await pair(make, quiet);
    const size = 30_000_000;
    caller.pause();
    wire.write(Buffer.alloc(size), 0, size);
    wire.end();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    let got = 0;
    caller.on('data', (bytes: Buffer) => {
      got += bytes.length;
    });
    caller.resume();
    await once(caller, 'end');
    assert.equal(got, size);
    close();
  });
}
