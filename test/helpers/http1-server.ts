import { systemClock } from '#core/clock.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import type { ListenParts } from '#sidecar/protocol/codec.ts';
import type { Listener, ServerCounts } from '#sidecar/protocol/listener.ts';
import { http1 } from '#sidecar/protocol/mesh-codec.ts';
import type { Exchange } from '#sidecar/router/exchange.ts';
import { ResponseHead } from '#sidecar/router/response-head.ts';

/** The linker's HTTP/1 server on a port of its own, in front of a service the test makes. */
export interface TestServer {
  readonly port: number;
  readonly listener: Listener;
  readonly counts: ServerCounts;
  [Symbol.dispose](): void;
}

export async function serve(
  send: (x: Exchange) => void,
  options: Partial<ListenParts> & { readonly gather?: number } = {},
): Promise<TestServer> {
  const counts: ServerCounts = { connects: new Counter(), closes: new Counter(), open: 0, received: 0, sent: 0 };
  const listener = await http1.listen({
    ip: '127.0.0.1',
    port: 0,
    tls: undefined,
    limits: { line: 1000, headers: 2000, gather: options.gather ?? 1000, streams: 100, window: 65_536 },
    errorBytes: 1000,
    clearContext: false,
    service: { send },
    native: undefined,
    clock: systemClock,
    counts,
    refused: () => {},
    ...options,
  });
  return { port: listener.port, listener, counts, [Symbol.dispose]: () => listener.close() };
}

/** Answers with a whole body. */
export function reply(x: Exchange, body = '', edit: (head: ResponseHead) => void = () => {}): void {
  const head = new ResponseHead();
  head.status = 200;
  head.length = body.length;
  edit(head);
  if (x.head(head)) x.downstream.respond(x, body.length, body === '' ? undefined : Buffer.from(body, 'latin1'));
  x.end();
}

/** Begins an answer whose body comes piece by piece; `length` as in Downstream.respond. */
export function begin(x: Exchange, length: number, edit: (head: ResponseHead) => void = () => {}): void {
  const head = new ResponseHead();
  head.status = 200;
  head.length = length;
  edit(head);
  if (x.head(head)) x.downstream.respond(x, length, undefined);
}

/** Writes a piece of the body that was begun. */
export function piece(x: Exchange, text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  x.downstream.write(bytes, 0, bytes.length);
}

/** Ends the body that was begun. */
export function finish(x: Exchange, trailers = ''): void {
  x.downstream.finish(trailers);
  x.end();
}

/** Takes the request body; gives what has come of it. */
export function takeBody(x: Exchange, done: (body: string, trailers: string) => void = () => {}): { body: string } {
  const taken = { body: '' };
  x.upstream = {
    write(bytes, from, to) {
      taken.body += bytes.toString('latin1', from, to);
    },
    finish: (trailers) => done(taken.body, trailers),
    pause() {},
    resume() {},
  };
  x.downstream.flow(x);
  return taken;
}
