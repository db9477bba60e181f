import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands before a listener at another address of the same port, and keeps what passes. */
export class WireTap {
  /** One a connection and direction. */
  readonly streams: Buffer[][] = [];
  readonly #close: () => void;

  private constructor(close: () => void) {
    this.#close = close;
  }

  static async start(at: string, listener: string, port: number): Promise<WireTap> {
    const open = new Set<Socket>();
    const server = createServer((caller) => {
      const callee = connect(port, listener);
      tap.#pass(caller, callee);
      tap.#pass(callee, caller);
      for (const socket of [caller, callee]) {
        open.add(socket);
        socket.once('close', () => open.delete(socket));
      }
    });
    const tap = new WireTap(() => {
      server.close();
      for (const socket of open) socket.destroy();
    });
    server.listen(port, at);
    await once(server, 'listening');
    return tap;
  }

  #pass(from: Socket, to: Socket): void {
    const stream: Buffer[] = [];
    this.streams.push(stream);
    from.on('data', (bytes: Buffer) => stream.push(bytes)).pipe(to);
    from.once('error', () => to.destroy());
  }

  close(): void {
    this.#close();
  }
}

/** The types of the TLS records a stream is made of (RFC 8446 §5.1). @throws where it is made of anything else. */
export function tlsRecords(stream: Uint8Array): number[] {
  const bytes = Buffer.from(stream);
  const types: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [type = 0, major = 0] = bytes.subarray(at, at + 2);
    const length = bytes.length >= at + 5 ? bytes.readUInt16BE(at + 3) : Number.NaN;
    if (type < 20 || type > 23 || major !== 3 || !(length <= 2 ** 14 + 256)) {
      throw new Error(`no TLS record at ${at}: ${bytes.subarray(at, at + 40).toString('latin1')}`);
    }
    types.push(type);
    at += 5 + length;
  }
  return types;
}
