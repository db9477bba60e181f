import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { makeCa } from '#test/helpers/certs.ts';
import { eventually } from '#test/helpers/within.ts';
import { accept, connect as connectWire, listenTo, type Traffic, turn, type Wire, type WireHandler } from './wire.ts';

/** The two ways bytes come in: the adopted handle, and what every socket can. */
const paths = [
  ['onread', accept],
  ['data events', listenTo],
] as const;

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

for (const [name, make] of paths) {
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
}

describe('a peer that reads late, after the wire was ended, still gets every byte', { concurrency: true }, () => {
  for (const [name, make] of paths) {
    test(name, async () => {
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
});

/** Everything that reaches the other end, until `length` bytes have. */
async function received(from: Socket, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let got = 0;
  for await (const piece of from) {
    pieces.push(piece as Buffer);
    got += (piece as Buffer).length;
    if (got >= length) break;
  }
  return Buffer.concat(pieces);
}

/** A handler that writes down what it is told. */
function recorder(events: string[]): WireHandler {
  return {
    data: (bytes, from, to) => void events.push(bytes.toString('latin1', from, to)),
    full: () => void events.push('full'),
    drained: () => void events.push('drained'),
    closed: (error) => void events.push(error === undefined ? 'closed' : `closed: ${error.message}`),
  };
}

for (const [name, make] of paths) {
  test(`a wire that is destroyed while it reads is told of its end once, and of nothing after (${name})`, async () => {
    const events: string[] = [];
    const handler = recorder(events);
    const { wire, caller, close } = await pair(make, handler);
    const { data } = handler;
    handler.data = (bytes, from, to) => {
      data(bytes, from, to);
      wire.text('never seen');
      wire.destroy();
      wire.text('nor this');
    };
    const over = once(caller, 'close');
    caller.on('error', () => {});
    caller.on('data', (bytes: Buffer) => events.push(`sent ${bytes}`));
    caller.write('one');
    await over;
    assert.deepEqual(events, ['one', 'closed']);
    close();
  });

  test(`a peer that ends or resets is the end of the wire, with the error (${name})`, async () => {
    for (const [leave, expected] of [
      [(caller: Socket) => caller.end(), 'closed'],
      [(caller: Socket) => caller.resetAndDestroy(), 'closed: read ECONNRESET'],
    ] as const) {
      const events: string[] = [];
      const { caller, close } = await pair(make, recorder(events));
      caller.resume();
      leave(caller);
      await eventually(() => (events.length > 0 ? true : undefined), 'the wire is closed');
      assert.deepEqual(events, [expected]);
      close();
    }
  });

  test(`what is read and sent is counted (${name})`, async () => {
    const traffic: Traffic = { received: 0, sent: 0 };
    const { wire, caller, close } = await pair((socket, handler) => make(socket, handler, traffic), {
      ...quiet,
      data: () => wire.text('four'),
    });
    caller.write('three');
    await once(caller, 'data');
    assert.deepEqual(traffic, { received: 5, sent: 4 });
    close();
  });
}

test("bytes are the caller's again as soon as they are written", async () => {
  const { wire, caller, close } = await pair(accept, quiet);
  const bytes = Buffer.from('first');
  turn(() => {
    wire.write(bytes, 0, 5);
    bytes.write('other');
    wire.write(bytes, 1, 4);
  });
  bytes.fill(0);
  assert.equal((await received(caller, 8)).toString(), 'firstthe');
  close();
});

test('wires that write in turns within one turn keep each its own order', async () => {
  const [a, b] = [await pair(accept, quiet), await pair(accept, quiet)];
  turn(() => {
    for (let i = 0; i < 10; i++) {
      a.wire.text(`a${i}`);
      b.wire.text(`b${i}`);
    }
  });
  assert.equal((await received(a.caller, 20)).toString(), 'a0a1a2a3a4a5a6a7a8a9');
  assert.equal((await received(b.caller, 20)).toString(), 'b0b1b2b3b4b5b6b7b8b9');
  for (const { close } of [a, b]) close();
});

test('writes of any size arrive whole and in order, while others fill the same buffer', async () => {
  const [a, b] = [await pair(accept, quiet), await pair(accept, quiet)];
  const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * 7) & 255));
  const [toA, toB] = [received(a.caller, bytes.length * 2), received(b.caller, bytes.length)];
  turn(() => {
    a.wire.write(bytes, 0, 70_000);
    b.wire.write(bytes, 0, 200_000);
    a.wire.text(bytes.toString('latin1', 70_000));
    b.wire.text(bytes.toString('latin1', 200_000));
    a.wire.write(bytes, 0, bytes.length);
  });
  assert.ok((await toA).equals(Buffer.concat([bytes, bytes])));
  assert.ok((await toB).equals(bytes));
  for (const { close } of [a, b]) close();
});

test('a wire to an origin reads, writes and ends like one from a caller', async () => {
  const server = createServer((socket) => socket.on('data', (bytes) => socket.end(`echo ${bytes}`)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const events: string[] = [];
  const traffic: Traffic = { received: 0, sent: 0 };
  const { port } = server.address() as AddressInfo;
  const wire = connectWire({ host: '127.0.0.1', port }, recorder(events), traffic, () => wire.text('hello'));
  await eventually(() => (events.includes('closed') ? true : undefined), 'the wire is closed');
  assert.deepEqual(events, ['echo hello', 'closed']);
  assert.deepEqual(traffic, { received: 10, sent: 5 });
  server.close();
});

test('a wire that cannot connect says why', async () => {
  const events: string[] = [];
  const handler = recorder(events);
  connectWire({ host: '127.0.0.1', port: 1 }, handler, { received: 0, sent: 0 }, () => assert.fail('connected'));
  await eventually(() => events[0], 'the wire is closed');
  assert.deepEqual(events, ['closed: connect ECONNREFUSED 127.0.0.1:1']);
});

test('a wire whose TLS cannot be used fails like one that cannot connect', async () => {
  const events: string[] = [];
  const tls = () => {
    throw new Error('no files');
  };
  const to = { host: '127.0.0.1', port: 1, tls };
  connectWire(to, recorder(events), { received: 0, sent: 0 }, () => assert.fail('connected'));
  assert.deepEqual(events, []);
  await eventually(() => events[0], 'the wire is closed');
  assert.deepEqual(events, ['closed: no files']);
});

test('wires over TLS carry any number of bytes in both directions', async () => {
  const ca = makeCa('ca');
  const { key, cert } = ca.issue({ cn: 'origin.test' });
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 13) & 255));
  const server = createTlsServer({ key, cert }, (socket) => {
    const wire = listenTo(
      socket,
      { ...quiet, data: (b, from, to) => wire.write(b, from, to) },
      { received: 0, sent: 0 },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pieces: Buffer[] = [];
  let got = 0;
  const handler: WireHandler = {
    ...quiet,
    data(b, from, to) {
      pieces.push(Buffer.from(b.subarray(from, to)));
      got += to - from;
    },
  };
  const to = { host: '127.0.0.1', port, tls: () => ({ ca: ca.cert, servername: 'origin.test' }) };
  const wire = connectWire(to, handler, { received: 0, sent: 0 }, () => wire.write(bytes, 0, bytes.length));
  await eventually(() => (got >= bytes.length ? true : undefined), 'all bytes are back');
  assert.ok(Buffer.concat(pieces).equals(bytes));
  wire.destroy();
  server.close();
});
