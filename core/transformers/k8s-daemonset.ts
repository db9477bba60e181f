import * as z from 'zod';
import { port } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { addressesOf } from '../k8s/addresses.ts';
import { Api } from '../k8s/api.ts';
import { metaKeys } from '../naming/meta.ts';
import { type Address, boundAddr, negAddr } from '../naming/name.ts';
import { type NamedTransformer, perBound } from '../naming/transformer.ts';
import type { World } from '../world.ts';
import { tagOf, transformerFields } from './fields.ts';
import { sameSubnet } from './subnet.ts';

const kind = 'io.l5d.k8s.daemonset';

const required = (key: string) =>
  z.string({ error: ({ input }) => (input === undefined ? `${kind}: ${key} property is required` : undefined) });

const schema = z.strictObject({
  kind: z.literal(kind),
  ...transformerFields,
  namespace: required('namespace').describe('Of the service in front of the linkers of all nodes.'),
  service: required('service').describe('The service in front of the linkers of all nodes.'),
  port: required('port').describe('The name of the port at which these linkers take requests from others.'),
  k8sHost: z.string().optional().describe('Of a `kubectl proxy`. Without host and port, the service account is used.'),
  k8sPort: port.optional().describe('Of a `kubectl proxy`.'),
  hostNetwork: z
    .boolean()
    .default(false)
    .describe('Linkers use the network of their node: compare node names, not addresses.'),
});

/**
 * Puts in the place of each address the linkers on the same node: of the same subnet, or with the same node name. Each
 * linker appears once, whatever number of replicas its node has.
 */
export const daemonsetTransformer = defineKind({
  schema,
  make({ namespace, service, port, k8sHost, k8sPort, hostNetwork, ...config }, world: World): NamedTransformer {
    const api = Api.of(world, { host: k8sHost, port: k8sPort });
    const linkers = addressesOf(api, { namespace, service }, port);
    const together = hostNetwork ? sameNode : (a: Address, b: Address) => sameSubnet(a.host, b.host);
    const tag = tagOf(config, namespace, port, service);
    return perBound(tag, 'DelegatingNameTreeTransformer$', (bound) => ({
      ...bound,
      id: tag.concat(bound.id),
      addr: linkers.flatMap((all = []) =>
        bound.addr.map((addr) => {
          if (addr.kind === 'neg') return negAddr;
          const near = all.filter((linker) => addr.addresses.some((address) => together(linker, address)));
          return near.length === 0 ? negAddr : boundAddr(...near);
        }),
      ),
    }));
  },
});

function sameNode(a: Address, b: Address): boolean {
  const node = a.meta[metaKeys.nodeName];
  return node !== undefined && node === b.meta[metaKeys.nodeName];
}
