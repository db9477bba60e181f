import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { systemClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { http1 } from '#sidecar/protocol/mesh-codec.ts';
import { call } from './exchanges.ts';
import { fieldsOf, pairs } from './read-messages.ts';

/** A response as a client understood it; text is latin1. */
export interface ReadResponse {
  /** Statuses of the 1xx responses before it, without 100. */
  readonly interim: readonly number[];
  readonly status: number;
  readonly reason: string;
  readonly minor: number;
  /** In order, names as they were written, values without the blanks around them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** The body came to its end. */
  readonly whole: boolean;
}

/** An origin that sends the same bytes to two clients, Node's own and the linker's. */
export interface Readers {
  /** What Node, which is llhttp, makes of the bytes; undefined where that is no response. */
  node(method: string, pieces: readonly string[]): Promise<ReadResponse | undefined>;
  /** What the linker makes of them, which takes bodies up to `gather` bytes whole. */
  linker(method: string, pieces: readonly string[], gather: number): Promise<ReadResponse | undefined>;
  close(): void;
}

export async function responseReaders(): Promise<Readers> {
  let sending: readonly string[] = [];
  const origin = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const rest = [...sending];
      const next = () => {
        const piece = rest.shift();
        if (piece === undefined) socket.end();
        else socket.write(Buffer.from(piece, 'latin1'), () => setImmediate(next));
      };
      next();
    });
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const { port } = origin.address() as AddressInfo;
  return {
    node(method, pieces) {
      sending = pieces;
      return readByNode(port, method);
    },
    linker(method, pieces, gather) {
      sending = pieces;
      return readByLinker(port, method, gather);
    },
    close: () => origin.close(),
  };
}

function readByNode(port: number, method: string): Promise<ReadResponse | undefined> {
  return new Promise((resolve) => {
    const interim: number[] = [];
    const request = httpRequest({ port, host: '127.0.0.1', method, agent: false, maxHeaderSize: 65_536 });
    request.on('information', ({ statusCode }) => {
      if (statusCode !== 100) interim.push(statusCode);
    });
    let answered = false;
    request.on('error', () => {
      if (!answered) resolve(undefined); // behind an answer it is about surplus bytes
    });
    request.on('response', (response) => {
      answered = true;
      void read(response, interim).then(resolve);
    });
    request.end();
  });
}

async function read(response: IncomingMessage, interim: readonly number[]): Promise<ReadResponse> {
  let body = '';
  response.on('data', (bytes: Buffer) => {
    body += bytes.toString('latin1');
  });
  response.on('error', () => {}); // 'close' follows, with `complete` false
  await new Promise((resolve) => response.on('close', resolve));
  return {
    interim,
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    minor: response.httpVersionMinor,
    headers: pairs(response.rawHeaders),
    body,
    trailers: pairs(response.rawTrailers),
    whole: response.complete,
  };
}

async function readByLinker(port: number, method: string, gather: number): Promise<ReadResponse | undefined> {
  const transport = http1.connect({
    address: address('127.0.0.1', port),
    security: undefined,
    limits: { line: 65_536, headers: 65_536, gather, streams: 0, window: 0 },
    connectMs: 5000,
    clock: systemClock,
    counts: { connects: new Counter(), closes: new Counter(), open: 0, encrypted: 0, cached: 0, received: 0, sent: 0 },
  });
  const { x, caller } = call({ method });
  const over = new Promise<void>((resolve) => {
    x.enter({
      head: () => true,
      end() {
        resolve();
        return true;
      },
    });
  });
  transport.send(x);
  await over;
  transport.close();
  assert.ok(x.error?.kind !== 'connect', x.error?.message ?? '');
  if (!x.committed || x.response === undefined) return undefined;
  const { status, reason, minor, lines } = x.response;
  return {
    interim: caller.informed,
    status,
    reason,
    minor,
    headers: fieldsOf(lines),
    body: caller.body,
    trailers: fieldsOf(caller.finished ?? ''),
    whole: x.error === undefined,
  };
}
