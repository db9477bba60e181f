import type { SecureContextOptions, Server, TLSSocket, TlsOptions } from 'node:tls';
import { createSecureContext } from 'node:tls';
import { type Closable, closeAll, nothingToClose } from '../closable.ts';
import type { Activity, State } from '../reactive/activity.ts';
import type { World } from '../world.ts';
import type { ServerTlsConfig } from './config.ts';
import { contextOptions } from './contexts.ts';
import { fileIdentity, type Identity, type IdentityFiles, identityProblem } from './identity.ts';
import { type NamedCertificate, SniContexts } from './sni.ts';

/** TLS of one listening address. */
export interface ServerTls extends Closable {
  /** For `tls.createServer`, before `follow`: whether callers must show a certificate, and what ALPN may choose. */
  readonly options: TlsOptions;
  /**
   * Gives the server's new connections the files as they are now, and again whenever they change, until closed. Open
   * connections keep what they have. While the files are unusable from the start, every handshake fails.
   */
  follow(server: Server): Closable;
  /** Why nothing can be served: the files are unusable. */
  problem(): string | undefined;
  /** Why this caller may not go on; undefined when it may. To be asked on `secureConnection`, before anything is read. */
  verdict(socket: TLSSocket): string | undefined;
}

/**
 * `certificates`: served to callers that ask for one of their names, in place of the files'.
 * `alpn`: the protocols offered, best first; none: the extension is ignored, as Linkerd's HTTP/1 servers do.
 */
export function serverTls(
  config: ServerTlsConfig,
  world: Pick<World, 'clock' | 'log'>,
  alpn: readonly string[] = [],
  certificates?: Activity<readonly NamedCertificate[]>,
): ServerTls {
  const identity = fileIdentity(filesOf(config), world, (read) => ({
    options: checkedOptions(read, config),
    trust: read.trust,
  }));
  let state: State<unknown> = { kind: 'pending' };
  const observed = identity.states.observe((now) => {
    state = now;
  });
  const followers = new Set<Closable>();
  const named = certificates && new SniContexts(world.log);
  const naming =
    named &&
    identity
      .flatMap(({ trust }) => certificates.map((all) => ({ trust, all })))
      .states.observe((now) => {
        if (now.kind !== 'ok') return;
        const { trust, all } = now.value;
        named.become(all, (own) => createSecureContext(contextOptions({ own, trust }, config)));
      });

  return {
    options: {
      requestCert: config.requireClientAuth,
      rejectUnauthorized: config.requireClientAuth,
      ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }),
      ...(named && { SNICallback: (name, done) => done(null, named.find(name)) }),
    },
    follow(server) {
      const handle = identity.states.observe((now) => {
        if (now.kind === 'ok') server.setSecureContext(now.value.options);
      });
      followers.add(handle);
      return closeAll(handle, { close: () => followers.delete(handle) });
    },
    problem: () => (state.kind === 'failed' ? state.error.message : undefined),
    // Node has refused the caller by now if it had to be; this is the second lock on the door.
    verdict: (socket) => (config.requireClientAuth && !socket.authorized ? 'no valid client certificate' : undefined),
    close: () => closeAll(observed, naming ?? nothingToClose, ...followers).close(),
  };
}

/** Why nothing can be served with the files as they are now; undefined where it can. */
export function serverTlsProblem(config: ServerTlsConfig): string | undefined {
  return identityProblem(filesOf(config), (read) => checkedOptions(read, config));
}

function filesOf(config: ServerTlsConfig): IdentityFiles {
  const { keyPath, certPath, intermediateCertsPath } = config;
  return {
    own: keyPath === undefined || certPath === undefined ? undefined : { keyPath, certPath, intermediateCertsPath },
    // Read only where it is used: `caCertPath` alone never asks a caller for a certificate.
    trustPaths: config.requireClientAuth && config.caCertPath !== undefined ? [config.caCertPath] : undefined,
  };
}

/** Throws now, not at the first handshake. */
function checkedOptions(read: Identity, config: ServerTlsConfig): SecureContextOptions {
  const options = contextOptions(read, config);
  createSecureContext(options);
  return options;
}
