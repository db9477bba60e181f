import { createHash, randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { makeCa } from '#test/helpers/certs.ts';
import { Linker } from '#test/helpers/linker.ts';
import { eventually } from '#test/helpers/within.ts';

/** How many linkers stand between a client and its origin. */
export type Hops = 1 | 2;

export interface TcpOptions {
  /** More keys of the near router, of its server, and of the far router's server. */
  readonly router?: string;
  readonly server?: string;
  readonly far?: string;
}

/**
 * Tunnels through one linker, or two with mutual TLS between them. The near one's port is for `/svc/db`; its replicas are
 * `endpoints('db', …)`, at first those of `ports`.
 */
export async function startTcp(hops: Hops, db: readonly number[], options: TcpOptions = {}): Promise<Linker> {
  const ca = makeCa('mesh');
  const issued = ca.issue({ cn: 'linker.test', dns: ['linker.test'] });
  return await Linker.start({
    ports: 2,
    tunnels: true,
    files: {
      'disco/db': db.map((port) => `127.0.0.1 ${port}\n`).join(''),
      'tls/ca.pem': ca.cert,
      'tls/linker.pem': issued.cert,
      'tls/linker.key': issued.key,
    },
    config: ({ dir, ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin}, shutdownGraceMs: 1500 }
namers: [ { kind: io.l5d.fs, rootDir: ${dir}/disco } ]
routers:
- protocol: tcp
  label: near
  dtab: /svc => ${hops === 1 ? '/#/io.l5d.fs' : `/$/inet/127.0.0.1/${ports[1]}`}
${
  hops === 1
    ? ''
    : `  client:
    multiplex: true
    tls:
      commonName: linker.test
      trustCerts: [ ${dir}/tls/ca.pem ]
      clientAuth: { certPath: ${dir}/tls/linker.pem, keyPath: ${dir}/tls/linker.key }`
}
  servers: [ { port: ${ports[0]}, dst: /svc/db, ${options.server ?? ''} } ]
${options.router ?? ''}
- protocol: tcp
  label: far
  dtab: /svc => /#/io.l5d.fs
  servers:
  - port: ${ports[1]}
    multiplex: true
    tls: { certPath: ${dir}/tls/linker.pem, keyPath: ${dir}/tls/linker.key, caCertPath: ${dir}/tls/ca.pem, requireClientAuth: true }
${options.far ?? ''}
`,
  });
}

/** An origin that does as it is told with each connection; half-open ones stay open. */
export async function origin(t: TestContext, serve: (socket: Socket) => void): Promise<number> {
  return await listening(t, (each) => createServer({ allowHalfOpen: true, noDelay: true }, each), serve);
}

/** The same over TLS of its own. */
export async function tlsOrigin(t: TestContext, keys: { key: string; cert: string }, serve: (socket: Socket) => void) {
  return await listening(t, (each) => createTlsServer({ ...keys, allowHalfOpen: true }, each), serve);
}

async function listening(t: TestContext, make: (each: (socket: Socket) => void) => Server, serve: (s: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = make((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A client of raw bytes; closed with the test. */
export async function client(t: TestContext, port: number) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  t.after(() => socket.destroy());
  const seen = { text: '', bytes: 0, hash: createHash('sha256'), end: '' };
  socket.on('data', (chunk: Buffer) => {
    seen.bytes += chunk.length;
    seen.hash.update(chunk);
    if (seen.text.length < 10_000) seen.text += chunk.toString('latin1');
  });
  socket.once('end', () => {
    seen.end ||= 'fin';
  });
  socket.once('error', (error: NodeJS.ErrnoException) => {
    seen.end ||= error.code ?? 'error';
  });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const ended = (ms = 10_000) => eventually(() => seen.end || undefined, `the end; so far ${seen.bytes} bytes`, ms);
  const says = (text: string) =>
    eventually(() => {
      if (seen.text.includes(text)) return true;
      if (seen.end !== '') throw new Error(`it ended with ${seen.end} before it said ${text}`);
      return undefined;
    }, `it says ${text}`);
  return { socket, seen, ended, says };
}

/** Random bytes in pieces, as fast as the socket takes them, and then its end; resolves to their digest. */
export async function pour(socket: Socket, megabytes: number): Promise<string> {
  const hash = createHash('sha256');
  const piece = randomBytes(1 << 20);
  for (let i = 0; i < megabytes; i++) {
    piece.writeUInt32LE(i);
    const bytes = Buffer.from(piece);
    hash.update(bytes);
    if (!socket.write(bytes)) await new Promise<void>((resolve) => socket.once('drain', resolve));
  }
  socket.end();
  return hash.digest('hex');
}
