import type { Caller } from '../../router/caller.ts';
import { Acceptor, type Connection } from '../accepting.ts';
import type { Codec, ListenParts } from '../codec.ts';
import { TunnelConnection } from '../tunnel-connection.ts';
import { ServerConnection, type ServerSide } from './server.ts';
import { Http1Transport } from './transport.ts';

/** Makes the connection of a caller that turns out to speak HTTP/2. */
export type BecomeH2 = (caller: Caller) => Connection;

/** HTTP/1.1 on both sides, in the clear or over TLS. */
export function http1With(native: (parts: ListenParts, acceptor: Acceptor) => BecomeH2): Codec {
  return {
    async listen(parts) {
      const acceptor: Acceptor = new Acceptor(parts, (caller) => new ServerConnection(side, caller));
      const side = http1Side(parts, acceptor, native(parts, acceptor));
      await acceptor.listen();
      return acceptor;
    },
    connect: (parts) => new Http1Transport(parts),
  };
}

/** What HTTP/1 connections need of the acceptor they belong to. */
export function http1Side(parts: ListenParts, acceptor: Acceptor, becomeH2: BecomeH2): ServerSide {
  return {
    parts,
    get draining() {
      return acceptor.draining;
    },
    forget: (connection) => acceptor.forget(connection),
    becomeH2: (connection, first) => acceptor.replace(connection, becomeH2(connection.caller), first),
    becomeTunnel(connection, head, first) {
      const tunnel = new TunnelConnection(parts, connection.caller, head, (gone) => acceptor.forget(gone));
      acceptor.replace(connection, tunnel, first);
    },
  };
}
