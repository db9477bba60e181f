import { family, type KindConfig } from '#core/config/kind.ts';
import type { Identifier } from '../router/identifier.ts';
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

/** A router's identifiers in the order they are asked; without any configured, `io.l5d.header.token`. */
export function identifierList(
  protocol: 'http' | 'h2',
  configs: readonly KindConfig[],
  deps: IdentifierDeps,
): readonly Identifier[] {
  const kinds = protocol === 'http' ? identifierKinds : h2IdentifierKinds;
  const listed = configs.length > 0 ? configs : [kinds.schema.parse({ kind: headerToken.kind })];
  return listed.map((config) => kinds.make(config, deps));
}
