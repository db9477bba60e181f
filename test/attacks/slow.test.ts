import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { PREFACE } from '#sidecar/protocol/h2/frame.ts';
import { type Ca, makeCa } from '#test/helpers/certs.ts';
import { get, headers, post, settings } from '#test/helpers/h2-peer.ts';
import { Linker } from '#test/helpers/linker.ts';
import { plain } from '#test/helpers/scripted-origin.ts';
import { eventually, within } from '#test/helpers/within.ts';
import { Origin } from '#test/integration/h2/fixture.ts';

// Thousands of connections that are slow at something, each in its turn a byte at a time: what they cost the linker in
// memory, and whether anybody else notices.

const CONNECTIONS = 2000;
/** OpenSSL takes some 30 KB for a connection: two thousand that do nothing are as much as is allowed here. */
const ENCRYPTED = 1000;
/** Bytes of an answer. */
const SIZE = 100_000;
const MB = 1_000_000;

let ca: Ca;
let linker: Linker;
let origin: Server;
let originH2: Origin;

before(async () => {
  ca = makeCa('slow');
  const server = ca.issue({ cn: 'web.test', dns: ['web.test'] });
  const answer = Buffer.from(plain(200, 'x'.repeat(SIZE)));
  origin = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => bytes.includes('\r\n\r\n') && socket.write(answer));
  });
  origin.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(origin, 'listening');
  const { port } = origin.address() as AddressInfo;
  originH2 = await Origin.start((stream) => {
    stream.respond({ ':status': 200 });
    stream.end(Buffer.alloc(SIZE, 'x'));
  });
  const to = (origin: number): string => `dtab: /svc => /$/inet/127.1/${origin}`;
  linker = await Linker.start({
    ports: 4,
    files: { 'tls/cert.pem': server.cert, 'tls/key.pem': server.key },
    config: ({ dir, ports, admin }) => {
      const tls = `tls: { certPath: ${dir}/tls/cert.pem, keyPath: ${dir}/tls/key.pem }`;
      return `
admin: { ip: 127.0.0.1, port: ${admin} }
routers:
- protocol: http
  ${to(port)}
  servers: [ { ip: 127.0.0.1, port: ${ports[0]} }, { ip: 127.0.0.1, port: ${ports[1]}, ${tls} } ]
- protocol: h2
  label: h2
  ${to(originH2.port)}
  servers: [ { ip: 127.0.0.1, port: ${ports[2]} }, { ip: 127.0.0.1, port: ${ports[3]}, ${tls} } ]
`;
    },
  });
  for (let i = 0; i < 300; i++) await ask(i % 3 === 0);
});
after(async () => {
  await linker.close();
  await originH2.close();
  origin.close();
});

const trusting = {
  host: '127.0.0.1',
  servername: 'web.test',
  get ca() {
    return ca.cert;
  },
};

/** A bystander's request, on a connection of its own. */
async function ask(secure = false): Promise<void> {
  const socket = secure ? connectTls({ port: linker.ports[1] ?? 0, ...trusting }) : connect(linker.port, '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (bytes: Buffer) => {
    answer += bytes.toString('latin1');
  });
  socket.write('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
  await within(30_000, once(socket, 'end'), () => 'a bystander is answered');
  assert.ok(answer.length > SIZE, answer);
  socket.destroy();
}

interface Attack {
  readonly what: string;
  /** Which of the linker's ports. */
  readonly port: 0 | 1 | 2 | 3;
  /** Sent at once, as soon as there is a connection. */
  readonly first: string;
  /** Sent byte by byte. */
  readonly rest?: string;
  /** Its answers are not read. */
  readonly deaf?: true;
  /** Behind a handshake, as all that is sent to the TLS ports except a handshake itself. */
  readonly tls?: true;
}

const greeting = PREFACE + settings();
const largeGet = headers(1, get('web', ['x-a', 'a'.repeat(2000)]));
const attacks: readonly Attack[] = [
  { what: 'slow headers, HTTP/1.1', port: 0, first: 'GET / HTTP/1.1\r\nHost: web\r\nX-A: ', rest: 'abcdefgh' },
  { what: 'slow headers, HTTP/2', port: 2, first: greeting + largeGet.slice(0, 100), rest: largeGet.slice(100, 108) },
  {
    what: 'slow bodies, HTTP/1.1',
    port: 0,
    first: 'POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 1000\r\n\r\n',
    rest: 'abcdefgh',
  },
  {
    what: 'slow chunks, HTTP/1.1',
    port: 0,
    first: 'POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n',
    rest: 'abcdefgh',
  },
  {
    what: 'slow bodies, HTTP/2',
    port: 2,
    first: `${greeting}${headers(1, post('web', ['content-length', '1000']), false)}\0\x03\xe8\0\x01\0\0\0\x01`,
    rest: 'abcdefgh',
  },
  {
    what: 'answers that are not read, HTTP/1.1',
    port: 0,
    first: 'GET / HTTP/1.1\r\nHost: web\r\n\r\n',
    deaf: true,
  },
  // A ClientHello of 508 bytes, as far as its random.
  { what: 'handshakes that stall', port: 1, first: '\x16\x03\x01\x01\xfc\x01\0\x01\xf8\x03\x03', rest: 'abcdefgh' },
  {
    what: 'slow headers, HTTP/1.1 over TLS',
    port: 1,
    first: 'GET / HTTP/1.1\r\nHost: web\r\nX-A: ',
    rest: 'abcdefgh',
    tls: true,
  },
  {
    what: 'slow bodies, HTTP/1.1 over TLS',
    port: 1,
    first: 'POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 1000\r\n\r\n',
    rest: 'abcdefgh',
    tls: true,
  },
];

/** Opens connections in batches, so that the listen queue holds them. */
async function open(port: number, count: number, secure: boolean): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  const secureContext = createSecureContext({ ca: ca.cert });
  const [dial, opened] = secure
    ? [() => connectTls({ port, ...trusting, secureContext }), 'secureConnect']
    : [() => connect(port, '127.0.0.1'), 'connect'];
  while (sockets.length < count) {
    const batch = Array.from({ length: 100 }, dial);
    for (const socket of batch) socket.on('error', () => {});
    await Promise.all(batch.map((socket) => once(socket, opened)));
    sockets.push(...batch);
  }
  return sockets;
}

for (const { what, port, first, rest = '', deaf, tls = false } of attacks) {
  const connections = tls ? ENCRYPTED : CONNECTIONS;
  test(`${what}, on ${connections} connections`, async (t) => {
    const before = linker.residentBytes();
    let most = before;
    let answered = 0;
    let over = false;
    const bystander = (async () => {
      while (!over) {
        await ask(port === 1);
        answered += 1;
        most = Math.max(most, linker.residentBytes());
        await sleep(20);
      }
    })();
    const sockets = await open(linker.ports[port] as number, connections, tls);
    try {
      for (const socket of sockets) {
        if (deaf) socket.pause();
        else socket.resume();
        socket.write(Buffer.from(first, 'latin1'));
      }
      for (const byte of rest) {
        for (const socket of sockets) if (socket.writable) socket.write(Buffer.from(byte, 'latin1'));
        await sleep(50);
      }
      const soFar = answered;
      await eventually(() => (answered >= soFar + 5 ? true : undefined), 'bystanders are answered meanwhile', 60_000);
    } finally {
      over = true;
      await bystander;
      for (const socket of sockets) socket.destroy();
    }
    t.diagnostic(`the linker grew by ${(most - before) / MB} MB, bystanders were answered ${answered} times`);
    assert.ok(most - before <= 64 * MB, `the linker grew by ${(most - before) / MB} MB`);
  });
}

test('handshakes of TLS still work afterwards', async () => {
  const socket = connectTls({ port: linker.ports[1] ?? 0, host: '127.0.0.1', ca: ca.cert, servername: 'web.test' });
  await within(10_000, once(socket, 'secureConnect'), () => 'the handshake');
  socket.destroy();
});
