import { createServer as createHttp1, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request may ask its origin for, by its path. */
export type Wish = 'ok' | 'missing' | 'broken' | 'flaky' | 'silent' | 'reset' | 'cut' | 'abandon';

/** How often each is wished in a thousand requests: what goes wrong slowly is rare, so that the test is quick. */
const shares: readonly (readonly [wish: Wish, perMille: number])[] = [
  ['ok', 900],
  ['missing', 30],
  ['broken', 20],
  ['flaky', 30],
  ['reset', 8],
  ['cut', 8],
  ['silent', 2],
  ['abandon', 2],
];

/** The wish of the request of a number: all in their shares, well mixed. */
export function wishOf(number: number): Wish {
  let at = (number * 617) % 1000;
  for (const [wish, share] of shares) {
    if (at < share) return wish;
    at -= share;
  }
  return 'ok';
}

/** What came of the requests, as whoever made them saw it. */
export class ClientLedger {
  requests = 0;
  readonly statuses = new Map<number, number>();
  /** Answers that broke off behind their head. */
  cut = 0;
  /** Requests that were given up before their answer. */
  abandoned = 0;

  answered(status: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  /** Answers of a class: 5 for 5XX. */
  ofClass(n: number): number {
    let sum = 0;
    for (const [status, count] of this.statuses) if (Math.floor(status / 100) === n) sum += count;
    return sum;
  }
}

/** What reached an origin: every attempt, and which of them were further ones of the same request. */
export class OriginLedger {
  attempts = 0;
  connections = 0;
  readonly #seen = new Map<string, number>();

  /** Gives how often the request has come, this time included. */
  came(id: string): number {
    const times = (this.#seen.get(id) ?? 0) + 1;
    this.#seen.set(id, times);
    this.attempts += 1;
    return times;
  }

  get again(): number {
    return this.attempts - this.#seen.size;
  }
}

/** An HTTP/1.1 origin that grants wishes and keeps a ledger. */
export async function wishingOrigin(ledger: OriginLedger): Promise<{ readonly port: number; close(): void }> {
  const server: Server = createHttp1((request, response) => grant(request, response, ledger));
  server.on('connection', () => {
    ledger.connections += 1;
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function grant(request: IncomingMessage, response: ServerResponse, ledger: OriginLedger): void {
  const [, wish = '', id = ''] = (request.url ?? '').split('/');
  const times = ledger.came(id);
  const status = { missing: 404, broken: 500, flaky: times === 1 ? 503 : 200 }[wish] ?? 200;
  if (wish === 'silent' || wish === 'abandon') return;
  if (wish === 'reset') response.socket?.resetAndDestroy();
  else if (wish === 'cut') {
    response.writeHead(200, { 'content-length': 50_000 });
    response.write('x'.repeat(20_000), () => response.socket?.destroy());
  } else {
    response.writeHead(status, { 'content-length': 2 });
    response.end('ok');
  }
}
