import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { systemClock } from '#core/clock.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { http1 } from '#sidecar/protocol/mesh-codec.ts';
import { showEnd } from '#sidecar/router/caller.ts';
import type { Exchange } from '#sidecar/router/exchange.ts';
import { ResponseHead } from '#sidecar/router/response-head.ts';

/** A request as a server understood it; text is latin1. */
export interface ReadRequest {
  readonly method: string;
  readonly target: string;
  readonly minor: number;
  /** In order, names as they were written, values without the blanks around them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  body: string;
  trailers: readonly (readonly [name: string, value: string])[];
  /** The body came to its end. */
  whole: boolean;
  /** The server ends the connection after its answer. */
  last: boolean;
}

/** What a server made of all bytes of one connection. */
export interface Reading {
  readonly requests: readonly ReadRequest[];
  /** It refused the bytes that follow the last of `requests`, or come in its body. */
  readonly refused: boolean;
}

/** A server that answers every request with 200, and tells what it read from each connection. */
export interface Reader {
  /** Sends all bytes on one connection, a packet for each piece, and waits until the server has closed it. */
  read(...pieces: readonly string[]): Promise<Reading>;
  close(): void;
}

/** Sends and waits; gives everything that came back, and the port it came to. */
function converse(port: number, pieces: readonly string[]): Promise<{ answers: string; from: number }> {
  return new Promise((resolve) => {
    let answers = '';
    let from = 0;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    socket.on('data', (bytes) => {
      answers += bytes.toString('latin1');
    });
    socket.on('error', () => {}); // a server that refuses may reset
    socket.on('end', () => socket.destroy());
    socket.on('connect', () => {
      from = socket.localPort ?? 0;
    });
    socket.on('close', () => resolve({ answers, from }));
    const [first = '', ...others] = pieces;
    const rest = [...others];
    const next = () => {
      const piece = rest.shift();
      if (piece === undefined) socket.end();
      else socket.write(Buffer.from(piece, 'latin1'), () => setImmediate(next));
    };
    socket.write(Buffer.from(first, 'latin1'), next);
  });
}

export function pairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ''] as const] : []));
}

/** Node's own server, which is llhttp. */
export async function nodeReader(): Promise<Reader> {
  const readings = new Map<number, { readonly requests: ReadRequest[]; refused: boolean }>();
  const server = createHttpServer({ requireHostHeader: false, maxHeaderSize: 65_536 });
  const serve = (incoming: IncomingMessage, response: ServerResponse) => {
    const request: ReadRequest = {
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      minor: incoming.httpVersionMinor,
      headers: pairs(incoming.rawHeaders),
      body: '',
      trailers: [],
      whole: false,
      last: !response.shouldKeepAlive,
    };
    readings.get(incoming.socket.remotePort ?? 0)?.requests.push(request);
    incoming.on('data', (bytes: Buffer) => {
      request.body += bytes.toString('latin1');
    });
    incoming.on('end', () => {
      request.whole = true;
      request.trailers = pairs(incoming.rawTrailers);
      response.writeHead(200, { 'Content-Length': 0 }).end();
    });
  };
  for (const event of ['request', 'checkExpectation']) server.on(event, serve);
  server.on('checkContinue', (incoming, response) => {
    response.writeContinue();
    serve(incoming, response);
  });
  server.on('connection', ({ remotePort = 0 }) => readings.set(remotePort, { requests: [], refused: false }));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const late = error.code === 'HPE_CLOSED_CONNECTION'; // bytes behind the last request, which no one reads
    const reading = readings.get(socket.remotePort ?? 0);
    if (reading !== undefined && !late && error.code !== 'HPE_INVALID_EOF_STATE') reading.refused = true;
    socket.destroy();
  });
  const port = await listening(server);
  return {
    async read(...pieces) {
      const { from } = await converse(port, pieces);
      const reading = readings.get(from);
      readings.delete(from);
      return reading ?? { requests: [], refused: false };
    },
    close: () => server.close(),
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** The linker's server; bodies up to `gather` bytes are taken whole. */
export async function linkerReader(gather: number): Promise<Reader> {
  const readings = new Map<string, ReadRequest[]>();
  const counts = { connects: new Counter(), closes: new Counter(), open: 0, received: 0, sent: 0 };
  const listener = await http1.listen({
    ip: '127.0.0.1',
    port: 0,
    tls: undefined,
    limits: { line: 65_536, headers: 65_536, gather, streams: 0, window: 0 },
    errorBytes: 1000,
    clearContext: false,
    native: undefined,
    service: {
      send(x) {
        const request = requestOf(x);
        const remote = showEnd(x.downstream.caller.end);
        readings.set(remote, [...(readings.get(remote) ?? []), request]);
        const finish = (trailers: string) => {
          request.whole = true;
          request.trailers = fieldsOf(trailers);
          answer(x);
        };
        if (x.bodyLength === 0) finish('');
        else if (x.body !== undefined) {
          request.body = x.body.toString('latin1');
          finish('');
        } else {
          const write = (bytes: Buffer, from: number, to: number) => {
            request.body += bytes.toString('latin1', from, to);
          };
          x.upstream = { write, finish, pause() {}, resume() {} };
          x.downstream.flow(x);
        }
      },
    },
    clock: systemClock,
    counts,
    refused: () => {},
  });
  return {
    async read(...pieces) {
      const { answers, from } = await converse(listener.port, pieces);
      const requests = readings.get(`127.0.0.1:${from}`) ?? [];
      readings.clear();
      const heads = answers.match(/HTTP\/1\.1 200 [\s\S]*?\r\n\r\n/g) ?? [];
      for (const [i, head] of heads.entries()) {
        const request = requests[i];
        if (request !== undefined) request.last = /^Connection: close\r$/m.test(head);
      }
      return { requests, refused: /HTTP\/1\.0 4\d\d /.test(answers) };
    },
    close: () => listener.close(),
  };
}

function requestOf(x: Exchange): ReadRequest {
  const { method, uri, minor, lines } = x.request;
  return { method, target: uri, minor, headers: fieldsOf(lines), body: '', trailers: [], whole: false, last: false };
}

export function fieldsOf(lines: string): ReadRequest['headers'] {
  return lines
    .split('\r\n')
    .slice(0, -1)
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '')];
    });
}

function answer(x: Exchange): void {
  const head = new ResponseHead();
  head.status = 200;
  head.length = 0;
  if (x.head(head)) x.downstream.respond(x, 0, undefined);
  x.end();
}
