import { X509Certificate } from 'node:crypto';
import {
  type ConnectionOptions,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { Closable } from '../closable.ts';
import type { State } from '../reactive/activity.ts';
import type { World } from '../world.ts';
import type { ClientTlsConfig } from './config.ts';
import { contextOptions } from './contexts.ts';
import { fileIdentity, type IdentityFiles, identityProblem } from './identity.ts';
import { describe, type PeerName, peerName, proves } from './names.ts';

/** TLS of one configured client: its files, shared by all the names it connects to. */
export interface ClientTls extends Closable {
  /** The servers that must prove `name`: a DNS name, an IP address or a URI. Where names are validated, none proves undefined. */
  peer(name: string | undefined): TlsPeer;
  /** Why no connection can be made: the files are unusable. */
  problem(): string | undefined;
}

export interface TlsPeer {
  /**
   * For `tls.connect`, asked anew for each connection, so that it gets the files as they are now. Throws while
   * `problem()` says why. No `session` may be added: a resumed one shows no certificate, and `verdict` refuses it.
   */
  connectOptions(): ConnectionOptions & { readonly secureContext: SecureContext };
  /** Why this server may not be talked to; undefined when it may. To be asked on `secureConnect`, before anything is sent. */
  verdict(socket: TLSSocket): string | undefined;
}

/** `alpn`: the protocols wanted, best first; none: the extension is not sent. */
export function clientTls(
  config: ClientTlsConfig,
  world: Pick<World, 'clock' | 'log'>,
  alpn: readonly string[] = [],
): ClientTls {
  const identity = fileIdentity(filesOf(config), world, (read) => createSecureContext(contextOptions(read, config)));
  let state: State<SecureContext> = { kind: 'pending' };
  const observed = identity.states.observe((now) => {
    state = now;
  });
  const context = (): SecureContext => {
    if (state.kind === 'ok') return state.value;
    throw state.kind === 'failed' ? state.error : new Error('TLS files are not read yet');
  };
  const fixed: Fixed = alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {};

  return {
    peer: (name) => (config.disableValidation ? anyPeer(name, context, fixed) : provenPeer(name, context, fixed)),
    problem: () => (state.kind === 'failed' ? state.error.message : undefined),
    close: () => observed.close(),
  };
}

/** Why no connection can be made with the files as they are now; undefined where one can. */
export function clientTlsProblem(config: ClientTlsConfig): string | undefined {
  return identityProblem(filesOf(config), (read) => createSecureContext(contextOptions(read, config)));
}

function filesOf(config: ClientTlsConfig): IdentityFiles {
  return { own: config.clientAuth, trustPaths: trustPaths(config) };
}

type Fixed = Pick<ConnectionOptions, 'ALPNProtocols'>;

function trustPaths({ trustCerts = [], trustCertsBundle }: ClientTlsConfig): string[] | undefined {
  const paths = trustCertsBundle === undefined ? trustCerts : [...trustCerts, trustCertsBundle];
  return paths.length === 0 ? undefined : paths;
}

function provenPeer(text: string | undefined, context: () => SecureContext, fixed: Fixed): TlsPeer {
  const wanted = text === undefined ? undefined : peerName(text);
  const check = (certificate: X509Certificate | undefined): string | undefined => {
    if (text === undefined) return 'no commonName says which server is meant';
    if (wanted === undefined) return `'${text}' is no name that a certificate can prove`;
    if (certificate === undefined) return 'the server showed no certificate';
    return proves(certificate, wanted)
      ? undefined
      : `the certificate is not for ${wanted.name}, but for ${describe(certificate)}`;
  };
  return {
    connectOptions: () => ({
      ...fixed,
      secureContext: context(),
      ...serverName(wanted),
      rejectUnauthorized: true,
      checkServerIdentity: (_host: string, certificate: PeerCertificate) => {
        const refusal = check(new X509Certificate(certificate.raw));
        return refusal === undefined ? undefined : new Error(refusal);
      },
    }),
    // Node does not check names when a session is resumed. Here there must always be a certificate, for this name.
    verdict: (socket) => (socket.authorized ? check(socket.getPeerX509Certificate()) : 'the server is not authorized'),
  };
}

/** `disableValidation: true`: whoever answers. */
function anyPeer(text: string | undefined, context: () => SecureContext, fixed: Fixed): TlsPeer {
  return {
    connectOptions: () => ({
      ...fixed,
      secureContext: context(),
      ...serverName(text === undefined ? undefined : peerName(text)),
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    }),
    verdict: () => undefined,
  };
}

/** SNI holds DNS names only (RFC 6066 §3). */
function serverName(wanted: PeerName | undefined): { readonly servername?: string } {
  return wanted?.kind === 'dns' ? { servername: wanted.name } : {};
}
