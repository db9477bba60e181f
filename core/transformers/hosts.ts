import { networkInterfaces } from 'node:os';
import * as z from 'zod';
import { defineKind } from '../config/kind.ts';
import { type HostResolver, numericHost, systemResolver } from '../host.ts';
import type { Path } from '../naming/path.ts';
import { type BoundTransformer, filterAddresses, type NamedTransformer, perBound } from '../naming/transformer.ts';
import { Activity, failed, ok } from '../reactive/activity.ts';
import type { World } from '../world.ts';
import { tagOf, transformerFields } from './fields.ts';

/** Keeps the addresses of this host: those of its interfaces when the transformer is made. */
export const localhostTransformer = defineKind({
  schema: z.strictObject({ kind: z.literal('io.l5d.localhost'), ...transformerFields }),
  make: (config, _world: World): NamedTransformer => keepHosts(tagOf(config), interfaceAddresses()),
});

/** Keeps the addresses of one host. */
export const specificHostTransformer = defineKind({
  schema: z.strictObject({
    kind: z.literal('io.l5d.specificHost'),
    ...transformerFields,
    host: z.string().describe('An address, or a name that is resolved once.'),
  }),
  make: ({ host, ...config }, { resolve }: World): NamedTransformer => keepHost(tagOf(config), host, resolve),
});

export function keepHosts(tag: Path, hosts: readonly string[]): BoundTransformer {
  const kept = new Set(hosts);
  return filterAddresses(tag, className, (address) => kept.has(address.host));
}

export function keepHost(tag: Path, host: string, resolve: HostResolver = systemResolver): BoundTransformer {
  const numeric = numericHost(host);
  if (numeric !== undefined) return keepHosts(tag, [numeric]);
  const resolved = Activity.from<readonly string[]>((set) => {
    resolve(host).then(
      (all) => set(ok(all)),
      () => set(failed(new Error(`io.l5d.specificHost: no address for ${host}`))),
    );
    return { close() {} };
  });
  return perBound(tag, className, (bound) => ({
    ...bound,
    id: tag.concat(bound.id),
    addr: resolved.flatMap((all) => keepHosts(tag, all).each(bound).addr),
  }));
}

/** What Linkerd calls both in its delegations. */
const className = 'SubnetLocalTransformer';

function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((each) => each.address));
}
