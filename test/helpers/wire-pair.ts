import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { accept, type Wire, type WireHandler } from '#sidecar/protocol/wire.ts';

/** A wire of the data path and the socket at its other end. */
export interface WirePair {
  readonly wire: Wire;
  readonly caller: Socket;
  close(): void;
}

/** Connects a caller over loopback; `handler` gets what it sends. */
export async function wirePair(
  handler: WireHandler = { data() {}, full() {}, drained() {}, closed() {} },
): Promise<WirePair> {
  const server = createServer({ pauseOnConnect: true, noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const caller = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true });
  const [raw] = (await once(server, 'connection')) as [Socket];
  const wire = accept(raw, handler, { received: 0, sent: 0 });
  server.close();
  return {
    wire,
    caller,
    close() {
      wire.destroy();
      caller.destroy();
    },
  };
}
