import { Acceptor } from '../accepting.ts';
import type { Codec } from '../codec.ts';
import { ServerConnection, type ServerSide } from './server.ts';
import { Http1Transport } from './transport.ts';

/** HTTP/1.1 on both sides, in the clear or over TLS. */
export const http1: Codec = {
  async listen(parts) {
    const acceptor: Acceptor = new Acceptor(parts, (remote) => new ServerConnection(side, remote));
    const side: ServerSide = {
      parts,
      get draining() {
        return acceptor.draining;
      },
      forget: (connection) => acceptor.forget(connection),
    };
    await acceptor.listen();
    return acceptor;
  },
  connect: (parts) => new Http1Transport(parts),
};
