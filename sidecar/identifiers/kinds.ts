import { family, type KindConfig } from '#core/config/kind.ts';
import type { Identifier } from '../router/identifier.ts';
import { destination } from './destination.ts';
import { h2HeaderPath } from './h2-header-path.ts';
import { h2HeaderToken } from './h2-header-token.ts';
import { header } from './header.ts';
import { headerToken } from './header-token.ts';
import { ingress } from './ingress.ts';
import { methodAndHost } from './method-and-host.ts';
import { path } from './path.ts';
import { staticIdentifier } from './static.ts';
import type { IdentifierDeps } from './under.ts';

const istio = {
  'io.l5d.k8s.istio': 'use io.l5d.header.token',
  'io.l5d.k8s.istio-ingress': 'use io.l5d.ingress',
};

/** The ways to name an HTTP/1 request. */
export const identifierKinds = family<IdentifierDeps, Identifier>(
  'identifier',
  [headerToken, header, ingress, path, methodAndHost, staticIdentifier],
  [],
  istio,
);

/** The ways to name an HTTP/2 request. */
export const h2IdentifierKinds = family<IdentifierDeps, Identifier>(
  'h2 identifier',
  [h2HeaderToken, h2HeaderPath, ingress],
  [],
  istio,
);

/** The ways to name a tunnel: as the linker before, by what CONNECT asks for, by a header of it, or always the same. */
export const tcpIdentifierKinds = family<IdentifierDeps, Identifier>('tcp identifier', [
  destination,
  headerToken,
  header,
  staticIdentifier,
]);

const kindsOf = { http: identifierKinds, h2: h2IdentifierKinds, tcp: tcpIdentifierKinds };

const defaults = {
  http: [headerToken.kind],
  h2: [headerToken.kind],
  tcp: [destination.kind, headerToken.kind],
};

/** A router's identifiers in the order they are asked; without any configured, the `defaults` of its protocol. */
export function identifierList(
  protocol: 'http' | 'h2' | 'tcp',
  configs: readonly KindConfig[],
  deps: IdentifierDeps,
): readonly Identifier[] {
  const kinds = kindsOf[protocol];
  const listed = configs.length > 0 ? configs : defaults[protocol].map((kind) => kinds.schema.parse({ kind }));
  return listed.map((config) => kinds.make(config, deps));
}
