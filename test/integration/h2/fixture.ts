import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Linker } from '#test/helpers/linker.ts';
import { within } from '#test/helpers/within.ts';

/** Starts a linker with one h2 router in the clear, which takes `:authority` for `host:port` or a file in `disco`. */
export function startRouter(routerKeys = '', serverKeys = '', adminKeys = ''): Promise<Linker> {
  return Linker.start({
    config: ({ dir, ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin}${adminKeys} }
namers: [ { kind: io.l5d.fs, rootDir: ${dir}/disco } ]
routers:
- protocol: h2
  label: web
  dtab: |
    /inet => /$/inet ;
    /svc => /$/io.buoyant.hostportPfx/inet ;
    /svc => /#/io.l5d.fs ;
  servers: [ { ip: 127.0.0.1, port: ${ports[0]}${serverKeys} } ]
${routerKeys}
`,
  });
}

export type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => void;

/** An HTTP/2 server of Node's own, which shares no line with the codec under test. */
export class Origin {
  readonly sessions = new Set<ServerHttp2Session>();
  serve: Serve;
  /** Streams served. */
  count = 0;
  readonly #server: Http2Server;

  static async start(serve: Serve, settings: Settings = {}): Promise<Origin> {
    const origin = new Origin(serve, settings);
    origin.#server.listen(0, '127.0.0.1');
    await once(origin.#server, 'listening');
    return origin;
  }

  constructor(serve: Serve, settings: Settings) {
    this.serve = serve;
    this.#server = createServer({ settings, maxSessionMemory: 1000 });
    this.#server.on('session', (session) => {
      this.sessions.add(session);
      session.once('close', () => this.sessions.delete(session));
      session.on('error', () => {}); // tests break connections
    });
    this.#server.on('stream', (stream, headers, flags) => {
      this.count++;
      stream.on('error', () => {}); // and streams
      this.serve(stream as ServerHttp2Stream, headers, flags);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get authority(): string {
    return `127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in order. */
  readonly raw: readonly string[];
  readonly interim: readonly IncomingHttpHeaders[];
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders | undefined;
  /** Code the stream was closed with. */
  readonly code: number;
}

/** An HTTP/2 client of Node's own. */
export class Client {
  readonly session: ClientHttp2Session;

  static async connect(port: number, settings: Settings = {}): Promise<Client> {
    const client = new Client(connect(`http://127.0.0.1:${port}`, { settings }));
    await once(client.session, 'connect');
    return client;
  }

  constructor(session: ClientHttp2Session) {
    this.session = session;
    session.on('error', () => {}); // told by the streams
  }

  /** One request and its answer; `body` undefined for none. Trailers of the request as given. */
  async request(headers: OutgoingHttpHeaders, body?: Buffer | string, trailers?: OutgoingHttpHeaders): Promise<Answer> {
    const stream = this.session.request(headers, {
      endStream: body === undefined && trailers === undefined,
      waitForTrailers: trailers !== undefined,
    });
    if (trailers !== undefined) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    if (body !== undefined || trailers !== undefined) stream.end(body);
    return await within(10_000, answerOf(stream), () => `the answer to ${JSON.stringify(headers)}`);
  }

  close(): void {
    this.session.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Collects an answer until its stream is closed, whichever way. */
export async function answerOf(stream: ReturnType<ClientHttp2Session['request']>): Promise<Answer> {
  const interim: IncomingHttpHeaders[] = [];
  const parts: Buffer[] = [];
  let headers: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
  let raw: readonly string[] = [];
  let trailers: IncomingHttpHeaders | undefined;
  stream.on('headers', (h) => interim.push(h));
  stream.on('response', (h, _flags, rawHeaders?: string[]) => {
    headers = h;
    raw = rawHeaders ?? [];
  });
  stream.on('trailers', (h) => {
    trailers = h;
  });
  stream.on('data', (bytes: Buffer) => parts.push(bytes));
  stream.on('error', () => {}); // told by the code
  await once(stream, 'close').catch(() => {});
  const code = stream.rstCode ?? 0;
  return { status: headers[':status'] ?? 0, headers, raw, interim, body: Buffer.concat(parts), trailers, code };
}
