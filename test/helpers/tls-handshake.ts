import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, connect, createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';

/** How one TLS connection went, seen from both ends. */
export interface Handshake {
  /** `ok` only if the server's first byte arrived: in TLS 1.3 a server refuses after the client believes it is through. */
  readonly client: 'ok' | `refused: ${string}`;
  readonly server: 'ok' | `refused: ${string}`;
  readonly protocol: string | null;
  readonly alpn: string | false | null;
  /** What the client sent as SNI. */
  readonly sni: string | undefined;
  /** CN of the certificate the client showed. */
  readonly caller: string | undefined;
}

export interface ServerEnd {
  readonly options: TlsOptions;
  follow?(server: Server): unknown;
  verdict?(socket: TLSSocket): string | undefined;
}

export interface ClientEnd {
  connectOptions(): ConnectionOptions;
  verdict?(socket: TLSSocket): string | undefined;
}

/** Starts a server, connects to it once over loopback, and closes everything. */
export async function handshake(serverEnd: ServerEnd, clientEnd: ClientEnd): Promise<Handshake> {
  const { server, port, seen } = await listen(serverEnd);
  try {
    return await connectOnce(port, clientEnd, seen);
  } finally {
    server.close();
  }
}

/** What a listening server saw of its last connection. */
export interface Seen {
  server: Handshake['server'];
  sni: string | undefined;
  caller: string | undefined;
}

export async function listen(end: ServerEnd): Promise<{ server: Server; port: number; seen: Seen }> {
  const seen: Seen = { server: 'refused: nothing came', sni: undefined, caller: undefined };
  const server = createServer(end.options, (socket) => {
    socket.on('error', () => {});
    const refusal = end.verdict?.(socket);
    seen.server = refusal === undefined ? 'ok' : `refused: ${refusal}`;
    seen.sni = typeof socket.servername === 'string' && socket.servername !== '' ? socket.servername : undefined;
    const subject = socket.getPeerX509Certificate()?.subject;
    seen.caller = subject === undefined ? undefined : /CN=(.*)/.exec(subject)?.[1];
    if (refusal === undefined) socket.end('x');
    else socket.destroy();
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    seen.server = `refused: ${error.code} ${error.message}`;
  });
  end.follow?.(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, seen };
}

export async function connectOnce(port: number, end: ClientEnd, seen: Seen): Promise<Handshake> {
  Object.assign(seen, { server: 'refused: nothing came', sni: undefined, caller: undefined });
  const socket = connect({ host: '127.0.0.1', port, ...end.connectOptions() });
  let client: Handshake['client'] = 'refused: closed';
  let protocol: string | null = null;
  let alpn: Handshake['alpn'] = null;
  socket.on('secureConnect', () => {
    protocol = socket.getProtocol();
    alpn = socket.alpnProtocol;
    const refusal = end.verdict?.(socket);
    if (refusal === undefined) return;
    client = `refused: ${refusal}`;
    socket.destroy();
  });
  socket.on('data', () => {
    client = 'ok';
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    client = `refused: ${error.code} ${error.message}`;
  });
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // The server may learn of a refusal a moment after the client.
  for (let turns = 0; turns < 20 && seen.server === 'refused: nothing came'; turns++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { client, protocol, alpn, ...seen };
}
