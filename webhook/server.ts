import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { type RoutesOptions, routes } from './routes.ts';

/**
 * The API server keeps idle connections for about 90 s and does not repeat a POST that met a closing one, so ours stay
 * open for longer. Node's default of 5 s would lose pods at random.
 */
const keepAliveMs = 125_000;

/** PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface ServerOptions extends Omit<RoutesOptions, 'draining'> {
  readonly ip: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly certificate: KeyPair;
}

export interface InjectorServer {
  readonly port: number;
  /** New connections get this certificate; those that are open stay. */
  use(certificate: KeyPair): void;
  /**
   * Not ready from now on, but answers for `forMs` longer, asking callers to close their connections; then stops
   * listening and resolves when nothing is in flight any more.
   */
  drain(forMs: number): Promise<void>;
}

/** Serves reviews over HTTPS. Rejects where the port cannot be had. */
export async function serve(options: ServerOptions): Promise<InjectorServer> {
  let draining = false;
  const app = routes({ ...options, draining: () => draining });
  const server = createServer({ minVersion: 'TLSv1.2', ...secure(options.certificate) }, app);
  server.keepAliveTimeout = keepAliveMs;
  server.headersTimeout = keepAliveMs + 5_000;
  server.requestTimeout = 30_000;
  server.on('tlsClientError', (error) => options.log.debug({ err: error.message }, 'TLS handshake failed'));
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(options.port, options.ip, () => {
      server.off('error', failed);
      listening();
    });
  });
  const passed = (ms: number): Promise<void> => new Promise((done) => options.clock.after(ms, done));
  return {
    port: (server.address() as AddressInfo).port,
    use: (certificate) => server.setSecureContext(secure(certificate)),
    async drain(forMs) {
      draining = true;
      await passed(forMs);
      const closed = new Promise<void>((done) => server.close(() => done()));
      // A connection falls idle when what it carried is answered.
      for (
        let over = false;
        !over;
        over = await Promise.race([closed.then(() => true), passed(50).then(() => false)])
      ) {
        server.closeIdleConnections();
      }
    },
  };
}

const secure = ({ cert, key }: KeyPair): SecureContextOptions => ({ cert, key });
