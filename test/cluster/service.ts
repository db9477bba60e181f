import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * Stands in for a Service and the kube-proxy that serves it: one address, whose new connections go to the backends of
 * the moment in turn, while open ones stay where they are. Without backends connections are refused by a reset.
 */
export class Service {
  readonly port: number;
  #backends: readonly number[] = [];
  #turn = 0;
  readonly #close: () => void;

  private constructor(port: number, close: () => void) {
    this.port = port;
    this.#close = close;
  }

  static async start(): Promise<Service> {
    const open = new Set<Socket>();
    const server = createServer((caller) => {
      const backend = service.#next();
      if (backend === undefined) return void caller.resetAndDestroy();
      const target = connect(backend, '127.0.0.1');
      for (const [one, other] of [
        [caller, target],
        [target, caller],
      ] as const) {
        open.add(one);
        one.setNoDelay(true);
        one.pipe(other);
        one.once('error', () => other.destroy()).once('close', () => open.delete(one));
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const service = new Service((server.address() as AddressInfo).port, () => {
      server.close();
      for (const socket of open) socket.destroy();
    });
    return service;
  }

  /** Ports of this host. */
  set backends(ports: readonly number[]) {
    this.#backends = ports;
  }

  close(): void {
    this.#close();
  }

  #next(): number | undefined {
    return this.#backends[this.#turn++ % Math.max(1, this.#backends.length)];
  }
}
