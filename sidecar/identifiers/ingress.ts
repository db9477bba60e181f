import * as z from 'zod';
import type { Closable } from '#core/closable.ts';
import { port } from '#core/config/fields.ts';
import { defineKind } from '#core/config/kind.ts';
import { Api } from '#core/k8s/api.ts';
import { type IngressSelector, ingressesOf } from '#core/k8s/ingresses.ts';
import { showElement } from '#core/naming/path.ts';
import { MeshError } from '../router/errors.ts';
import type { Identifier } from '../router/identifier.ts';
import { IngressTable } from './ingress-table.ts';
import { type IdentifierDeps, under } from './under.ts';

const schema = z.strictObject({
  kind: z.literal('io.l5d.ingress'),
  namespace: z.string().min(1).optional().describe('Whose Ingresses are read; without it those of all namespaces.'),
  ingressClassAnnotation: z.string().min(1).default('linkerd').describe('The class of the Ingresses to read.'),
  ignoreDefaultBackends: z.boolean().default(false).describe('Refuse what no rule matches.'),
  host: z.string().optional().describe('Of a `kubectl proxy`. Without host and port, the service account is used.'),
  port: port.optional().describe('Of a `kubectl proxy`.'),
});

export type IngressConfig = z.output<typeof schema>;

/** Where such an identifier reads its Ingresses, and which. */
export function ingressSource(config: IngressConfig, world: IdentifierDeps['world']): readonly [Api, IngressSelector] {
  const { host, port, namespace, ingressClassAnnotation } = config;
  return [Api.of(world, { host, port }), { namespace, className: ingressClassAnnotation }];
}

/**
 * Names a request by the Ingress rule that its host and path match: `/<namespace>/<port>/<service>`. Rules are followed
 * as they change; while the API is away the last ones hold. Until the first are known requests fail.
 */
export const ingress = defineKind({
  schema,
  make(config, { prefix, world }: IdentifierDeps): Identifier {
    let table: IngressTable | undefined;
    let problem = 'the Ingress rules are not known yet';
    const known = Promise.withResolvers<void>();
    let observed: Closable | undefined;
    const source = ingressSource(config, world);
    const follow = (): Closable =>
      ingressesOf(...source).states.observe((state) => {
        if (state.kind === 'ok') {
          table = told(new IngressTable(state.value, config), table, world);
          known.resolve();
        } else if (state.kind === 'failed' && table === undefined) {
          problem = state.error.message;
          world.log.error({ problem }, 'the Ingress rules cannot be read');
          known.resolve();
        }
      });
    return {
      reason: 'no ingress rule matches',
      start() {
        observed ??= follow();
        return known.promise;
      },
      identify(head) {
        if (table === undefined) throw new MeshError('bindFailed', problem);
        const target = table.find(head.host, head.uri);
        if (target === undefined) return undefined;
        const { namespace, port, service } = target;
        return under(prefix, `/${showElement(namespace)}/${showElement(port)}/${showElement(service)}`);
      },
      close: () => observed?.close(),
    };
  },
});

/** Says which patterns cannot be used, of those that were not there before. */
function told(table: IngressTable, before: IngressTable | undefined, { log }: IdentifierDeps['world']): IngressTable {
  const news = table.refused.filter((each) => !before?.refused.includes(each));
  if (news.length > 0)
    log.warn({ rules: news.slice(0, 20), count: news.length }, 'patterns of Ingresses that match nothing');
  return table;
}
