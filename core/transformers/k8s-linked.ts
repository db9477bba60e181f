import * as z from 'zod';
import { port } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { addressesOf } from '../k8s/addresses.ts';
import { Api } from '../k8s/api.ts';
import { type MeshPod, podsOf } from '../k8s/pods.ts';
import { type Linked, metaKeys } from '../naming/meta.ts';
import { type Addr, type Address, negAddr } from '../naming/name.ts';
import { type NamedTransformer, perBound } from '../naming/transformer.ts';
import { Activity } from '../reactive/activity.ts';
import type { World } from '../world.ts';
import { tagOf, transformerFields } from './fields.ts';

/**
 * Makes each address reachable the way its pod takes part in the mesh, as the pod's label `heddle.io/linked` has it:
 *
 * | label     | the address becomes                                                                |
 * |-----------|------------------------------------------------------------------------------------|
 * | `sidecar` | the pod's own linker: same host, `sidecarPort`                                       |
 * | `node`    | the node-local linker on the replica's node: an endpoint of `namespace`/`service`/`port` |
 * | neither   | itself: in plain text. So are addresses that are no pod's                            |
 *
 * What the client stack finds in `Address.meta` (keys in `core/naming/meta.ts`):
 *
 *  * `metaKeys.linked`, always: `sidecar`, `node` or `none`. With `none` there is no linker to do TLS with.
 *  * `metaKeys.tlsIdentity`, with the first two: `spiffe://<trustDomain>/ns/<namespace>/sa/<service account>`, which the
 *    peer's certificate must prove if identities are in use. It is the pod's service account, for `node` the linkers'.
 *  * `metaKeys.pod` and `metaKeys.nodeName` are those of whoever listens at the address.
 *
 * Never in plain text what could be encrypted: until the pods of a namespace are known nothing of it is reachable, and a
 * replica is left out while its pod has not been seen, or while its node has no linker ready. A node's linkers appear
 * once, with the weight of all replicas behind them. If all are left out the address is neg, as after any filter.
 *
 * Needs get, list and watch of pods in the namespaces it sends to, and of what the `io.l5d.k8s` namer reads.
 */
const schema = z.strictObject({
  kind: z.literal('io.heddle.k8s.linked'),
  ...transformerFields,
  namespace: z.string().default('heddle').describe('Of the node-local linkers.'),
  service: z.string().default('heddle-linker').describe('The service in front of the linkers of all nodes.'),
  port: z.string().default('http-incoming').describe('The port of that service for requests from other linkers.'),
  serviceAccount: z.string().default('heddle-linker').describe('Of the node-local linkers.'),
  sidecarPort: port.default(4141).describe('Where linkers that are sidecars take requests from others.'),
  trustDomain: z.string().default('cluster.local').describe('Of the identities that linkers prove to each other.'),
  k8sHost: z.string().optional().describe('Of a `kubectl proxy`. Without host and port, the service account is used.'),
  k8sPort: port.optional().describe('Of a `kubectl proxy`.'),
});

export const linkedTransformer = defineKind({
  schema,
  make(config, world: World): NamedTransformer {
    const api = Api.of(world, { host: config.k8sHost, port: config.k8sPort });
    const { namespace, service, serviceAccount, sidecarPort, trustDomain } = config;
    const nodeLinkers = addressesOf(api, { namespace, service }, config.port).map((all) => all ?? []);
    const identity = (ns: string, account: string): string => `spiffe://${trustDomain}/ns/${ns}/sa/${account}`;

    const reached = (addr: BoundAddr): Activity<Addr> =>
      podsBehind(api, addr.addresses).flatMap((pods) => {
        const ways = addr.addresses.map((address) => wayTo(address, pods));
        const direct = ways.flatMap((way) => {
          if (way.kind === 'none') return [marked(way.address, 'none')];
          if (way.kind !== 'sidecar') return [];
          return [marked({ ...way.address, port: sidecarPort }, 'sidecar', identity(way.namespace, way.account))];
        });
        const nodes = weightByNode(ways);
        if (nodes.size === 0) return Activity.value(withAddresses(addr, direct));
        return nodeLinkers.map((linkers) => {
          const near = spread(linkers, nodes).map((a) => marked(a, 'node', identity(namespace, serviceAccount)));
          return withAddresses(addr, [...direct, ...near]);
        });
      });

    const tag = tagOf(config);
    return perBound(tag, 'LinkedTransformer', (bound) => ({
      ...bound,
      id: tag.concat(bound.id),
      addr: bound.addr.flatMap((addr) => (addr.kind === 'neg' ? Activity.value(negAddr) : reached(addr))),
    }));
  },
});

type BoundAddr = Extract<Addr, { readonly kind: 'bound' }>;

/** How an address is to be reached; `unseen`: its pod is not known (yet), or its node. */
type Way =
  | { readonly kind: 'sidecar'; readonly address: Address; readonly namespace: string; readonly account: string }
  | { readonly kind: 'node'; readonly address: Address; readonly node: string }
  | { readonly kind: 'none'; readonly address: Address }
  | { readonly kind: 'unseen' };

function wayTo(address: Address, pods: ReadonlyMap<string, MeshPod>): Way {
  const name = address.meta[metaKeys.pod];
  if (name === undefined) return { kind: 'none', address };
  const pod = pods.get(name);
  if (pod === undefined) return { kind: 'unseen' };
  switch (pod.linked) {
    case 'sidecar':
      return { kind: 'sidecar', address, namespace: namespaceOf(name), account: pod.serviceAccount };
    case 'node': {
      const node = address.meta[metaKeys.nodeName];
      return node === undefined ? { kind: 'unseen' } : { kind: 'node', address, node };
    }
    case 'none':
      return { kind: 'none', address };
  }
}

/** The pods of every namespace these addresses have pods in. */
function podsBehind(api: Api, addresses: readonly Address[]): Activity<ReadonlyMap<string, MeshPod>> {
  const names = addresses.flatMap((address) => address.meta[metaKeys.pod] ?? []);
  const namespaces = [...new Set(names.map(namespaceOf))].sort();
  return Activity.collect(namespaces.map((namespace) => podsOf(api, namespace))).map((all) => {
    const [only] = all;
    return all.length === 1 && only !== undefined ? only : new Map(all.flatMap((pods) => [...pods]));
  });
}

function weightByNode(ways: readonly Way[]): ReadonlyMap<string, number> {
  const nodes = new Map<string, number>();
  for (const way of ways) {
    if (way.kind === 'node') nodes.set(way.node, (nodes.get(way.node) ?? 0) + way.address.weight);
  }
  return nodes;
}

/** The linkers of these nodes, those of one node (two during a roll-out) sharing its weight. */
function spread(linkers: readonly Address[], nodes: ReadonlyMap<string, number>): readonly Address[] {
  return [...nodes].flatMap(([node, weight]) => {
    const here = linkers.filter((linker) => linker.meta[metaKeys.nodeName] === node);
    return here.map((linker) => ({ ...linker, weight: weight / here.length }));
  });
}

function marked(address: Address, linked: Linked, identity?: string): Address {
  const tls = identity === undefined ? {} : { [metaKeys.tlsIdentity]: identity };
  return { ...address, meta: { ...address.meta, [metaKeys.linked]: linked, ...tls } };
}

function withAddresses(addr: BoundAddr, addresses: readonly Address[]): Addr {
  return addresses.length === 0 ? negAddr : { ...addr, addresses };
}

function namespaceOf(pod: string): string {
  return pod.slice(0, pod.indexOf('/'));
}
