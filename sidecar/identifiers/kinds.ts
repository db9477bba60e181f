import { family, type KindConfig } from '#core/config/kind.ts';
import type { Identifier } from '../router/identifier.ts';
import { header } from './header.ts';
import { headerToken } from './header-token.ts';
import { methodAndHost } from './method-and-host.ts';
import { path } from './path.ts';
import { staticIdentifier } from './static.ts';
import type { IdentifierDeps } from './under.ts';

/** The ways to name an HTTP/1 request. */
export const identifierKinds = family<IdentifierDeps, Identifier>(
  'identifier',
  [headerToken, header, path, methodAndHost, staticIdentifier],
  ['io.l5d.ingress', 'io.l5d.k8s.istio', 'io.l5d.k8s.istio-ingress'],
);

/** A router's identifiers in the order they are asked; without any configured, `io.l5d.header.token` on Host. */
export function identifierList(configs: readonly KindConfig[], deps: IdentifierDeps): readonly Identifier[] {
  const listed = configs.length > 0 ? configs : [identifierKinds.schema.parse({ kind: headerToken.kind })];
  return listed.map((config) => identifierKinds.make(config, deps));
}
