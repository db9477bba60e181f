import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { H2Peer, settings } from '#test/helpers/h2-peer.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { Client, Origin, startRouter } from '#test/integration/h2/fixture.ts';

const MB = 1_000_000;

/** What an attack may cost the linker, and what it must not cost anybody else. */
export interface Damage {
  /** Largest growth of the linker's memory while it lasted and shortly after. */
  readonly grownBytes: number;
  /** Processor time of the linker meanwhile, the bystander's share in it. */
  readonly cpuMs: number;
  /** Requests of a bystander on a connection of its own, and how many of them went well. */
  readonly bystander: { readonly requests: number; readonly answered: number; readonly slowestMs: number };
}

/** A linker with an origin behind it, and a bystander who only wants to be served. */
export class Target {
  readonly linker: Linker;
  readonly origin: Origin;

  static async start(): Promise<Target> {
    const body = Buffer.alloc(MB, 'x');
    const origin = await Origin.start((stream, headers) => {
      const size = Number(headers[':path']?.slice(1)) || 0;
      stream.respond({ ':status': 200 });
      stream.end(body.subarray(0, size));
    });
    const target = new Target(await startRouter(), origin);
    await target.under(async () => {
      await sleep(300); // warm
    });
    return target;
  }

  constructor(linker: Linker, origin: Origin) {
    this.linker = linker;
    this.origin = origin;
  }

  async close(): Promise<void> {
    await this.linker.close();
    await this.origin.close();
  }

  attacker(hello = settings()): Promise<H2Peer> {
    return H2Peer.connect(this.linker.port, hello);
  }

  /** Runs an attack, while a bystander asks every ten milliseconds. */
  async under(attack: () => Promise<void>): Promise<Damage> {
    const { linker, origin } = this;
    using client = await Client.connect(linker.port);
    const before = linker.residentBytes();
    const cpuBefore = linker.cpuMs();
    let most = before;
    let [requests, answered, slowestMs] = [0, 0, 0];
    let over = false;
    const watching = (async () => {
      while (!over) {
        most = Math.max(most, linker.residentBytes());
        const began = performance.now();
        requests += 1;
        const { status, body } = await client.request({ ':path': '/10', ':authority': origin.authority });
        if (status === 200 && body.length === 10) answered += 1;
        slowestMs = Math.max(slowestMs, performance.now() - began);
        await sleep(10);
      }
    })();
    await attack();
    await sleep(100);
    over = true;
    await watching;
    return {
      grownBytes: most - before,
      cpuMs: linker.cpuMs() - cpuBefore,
      bystander: { requests, answered, slowestMs },
    };
  }
}

/** Holds for every attack. */
export function harmless({ grownBytes, cpuMs, bystander }: Damage): void {
  assert.ok(grownBytes <= 64 * MB, `memory grew by ${grownBytes / MB} MB`);
  assert.ok(cpuMs <= 5000, `${cpuMs} ms of processor time`);
  assert.equal(bystander.answered, bystander.requests, 'bystanders are served');
  assert.ok(bystander.requests > 3, `${bystander.requests} requests`);
}

/**
 * Sends pieces as fast as the linker takes them until it ends the connection; gives after how many milliseconds that
 * was, and how much had been sent. Fails after two seconds.
 */
export async function flood(peer: H2Peer, piece: (round: number) => string): Promise<{ ms: number; bytes: number }> {
  const began = performance.now();
  let bytes = 0;
  let closed = false;
  void peer.closed.then(() => {
    closed = true;
  });
  for (let round = 0; !closed; round++) {
    if (performance.now() - began > 2000) throw new Error(`not closed after ${bytes} bytes in two seconds`);
    const text = piece(round);
    bytes += text.length;
    if (!peer.socket.writable) break;
    if (!peer.socket.write(Buffer.from(text, 'latin1')))
      await Promise.race([new Promise((resolve) => peer.socket.once('drain', resolve)), peer.closed, sleep(100)]);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  await peer.closed;
  return { ms: performance.now() - began, bytes };
}
