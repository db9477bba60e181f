import { isIP } from 'node:net';
import * as z from 'zod';
import { defineKind } from '../config/kind.ts';
import { metaKeys } from '../naming/meta.ts';
import { filterAddresses, type NamedTransformer } from '../naming/transformer.ts';
import type { World } from '../world.ts';
import { tagOf, transformerFields } from './fields.ts';
import { sameSubnet } from './subnet.ts';

const schema = z.strictObject({
  kind: z.literal('io.l5d.k8s.localnode'),
  ...transformerFields,
  hostNetwork: z
    .boolean()
    .default(false)
    .describe('Pods use the network of their node: compare node names, not addresses.'),
});

/**
 * Keeps the addresses on this node: in the subnet of the environment's `POD_IP`, or on the node that `NODE_NAME` names.
 */
export const localnodeTransformer = defineKind({
  schema,
  make(config, { env }: World): NamedTransformer {
    if (config.hostNetwork) {
      const node = env['NODE_NAME'] ?? '';
      if (node === '') throw new Error("NODE_NAME env variable must be set to the node's name");
      const tag = tagOf(config, node);
      return filterAddresses(tag, 'MetadataFiltertingNameTreeTransformer', (a) => a.meta[metaKeys.nodeName] === node);
    }
    const own = env['POD_IP'] ?? '';
    if (isIP(own) === 0) throw new Error("POD_IP env variable must be set to the pod's IP");
    return filterAddresses(tagOf(config, own), 'SubnetLocalTransformer', (a) => sameSubnet(own, a.host));
  },
});
