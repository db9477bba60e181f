import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Linker } from '#test/helpers/linker.ts';
import { eventually } from '#test/helpers/within.ts';
import { Client, Origin, startRouter as startH2 } from '#test/integration/h2/fixture.ts';
import { startRouter as startHttp1 } from '#test/integration/http1/fixture.ts';
import { startFleet } from '#test/integration/mesh/fixture.ts';
import { pour, sip } from './slow-flow.ts';

// A gigabyte from somebody fast to somebody slow: what is between them holds little of it. Not all of it is sent, which
// would take three hours; after some seconds all buffers on the way are full, and nothing may move but what is read.

const GB = 1_000_000_000;
const RATE = 100_000;
const MB = 1_000_000;
/** More than all sockets on the way can hold: each has up to 4 MB to send and 6 MB received. */
const BUFFERS = 64 * MB;

/** An HTTP/1.1 origin: `/pour` gives a gigabyte, POST is read slowly, and anything else is answered at once. */
async function startOrigin() {
  const seen = { sent: () => 0, read: () => 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (head: Buffer) => {
      if (head.includes('GET /pour')) {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${GB}\r\n\r\n`);
        seen.sent = pour(socket, GB);
      } else if (head.includes('POST ')) seen.read = sip(socket, RATE);
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    seen,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function caller(port: number, head: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(head);
  return socket;
}

/** One quick request; fails where it is not answered in good time. */
async function quick(port: number, host: string): Promise<void> {
  const socket = await caller(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1');
  });
  await eventually(() => (answer.endsWith('ok') ? true : undefined), 'the answer is here', 5000);
  socket.destroy();
}

/** How much each linker grows while something is under way, at most. */
async function growth(linkers: readonly Linker[], during: () => Promise<void>): Promise<readonly number[]> {
  const before = linkers.map((linker) => linker.residentBytes());
  const most = [...before];
  let over = false;
  const watching = (async () => {
    while (!over) {
      for (const [i, linker] of linkers.entries()) most[i] = Math.max(most[i] ?? 0, linker.residentBytes());
      await sleep(50);
    }
  })();
  try {
    await during();
  } finally {
    over = true;
    await watching;
  }
  return most.map((bytes, i) => bytes - (before[i] ?? 0));
}

function holdLittle(grown: readonly number[]): void {
  for (const bytes of grown) assert.ok(bytes <= 20 * MB, `a linker grew by ${bytes / MB} MB`);
}

/** Something moves, and no more than is read and fits into sockets. */
function passes(sent: number, read: number): void {
  assert.ok(read > 0 && sent - read <= BUFFERS, `${sent / MB} MB were sent, ${read / MB} MB read`);
}

const ways: readonly (readonly [what: string, start: () => Promise<readonly Linker[]>])[] = [
  ['one linker, HTTP/1.1', async () => [await startHttp1()]],
  [
    'two linkers, HTTP/2 over mutual TLS between them',
    async () => {
      const { near, fars } = await startFleet(1);
      return [near, ...fars];
    },
  ],
];

/** Begins a transfer through a linker; how much the one end has sent, and the other read. */
type Begin = (port: number, host: string, origin: Awaited<ReturnType<typeof startOrigin>>) => Promise<Transfer>;

interface Transfer {
  sent(): number;
  read(): number;
  stop(): void;
}

const transfers: readonly (readonly [what: string, begin: Begin])[] = [
  [
    'a large response to a slow reader',
    async (port, host, { seen }) => {
      const reader = await caller(port, `GET /pour HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      return { read: sip(reader, RATE), sent: () => seen.sent(), stop: () => reader.destroy() };
    },
  ],
  [
    'a large upload to a slow origin',
    async (port, host, { seen }) => {
      const sender = await caller(port, `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${GB}\r\n\r\n`);
      return { sent: pour(sender, GB), read: () => seen.read(), stop: () => sender.destroy() };
    },
  ],
];

for (const [path, start] of ways) {
  for (const [what, begin] of transfers) {
    test(`${path}: little is held of ${what}, and others are served`, async (t) => {
      const linkers = await start();
      const origin = await startOrigin();
      const { port } = linkers[0] as Linker;
      const host = `127.0.0.1:${origin.port}`;
      try {
        for (let i = 0; i < 200; i++) await quick(port, host); // warm
        const grown = await growth(linkers, async () => {
          const { sent, read, stop } = await begin(port, host, origin);
          for (let i = 0; i < 30; i++) {
            await sleep(100);
            await quick(port, host);
          }
          t.diagnostic(`${sent() / MB} MB sent, ${read() / MB} MB read`);
          passes(sent(), read());
          stop();
        });
        t.diagnostic(`linkers grew by ${grown.map((bytes) => bytes / MB).join(' and ')} MB`);
        holdLittle(grown);
      } finally {
        origin.close();
        for (const linker of linkers) await linker.close();
      }
    });
  }
}

test('one linker, HTTP/2: little is held of either, and other streams of the connections go on', async (t) => {
  const seen = { sent: () => 0, read: () => 0 };
  await using origin = await Origin.start((stream, headers) => {
    if (headers[':path'] === '/pour') {
      stream.respond({ ':status': 200 });
      seen.sent = pour(stream, GB);
    } else if (headers[':path'] === '/sip') seen.read = sip(stream, RATE);
    else {
      stream.respond({ ':status': 200 });
      stream.end('ok');
    }
  });
  await using linker = await startH2();
  using client = await Client.connect(linker.port);
  const to = (path: string) => ({ ':path': path, ':authority': origin.authority });
  for (let i = 0; i < 200; i++) await client.request(to('/'));
  const grown = await growth([linker], async () => {
    const down = client.session.request(to('/pour'));
    const up = client.session.request({ ...to('/sip'), ':method': 'POST' });
    for (const stream of [down, up]) stream.on('error', () => {});
    const [read, sent] = [sip(down, RATE), pour(up, GB)];
    for (let i = 0; i < 30; i++) {
      await sleep(100);
      assert.equal(String((await client.request(to('/'))).body), 'ok');
    }
    passes(seen.sent(), read());
    passes(sent(), seen.read());
    for (const stream of [down, up]) stream.close();
  });
  t.diagnostic(`it grew by ${(grown[0] ?? 0) / MB} MB`);
  holdLittle(grown);
});
