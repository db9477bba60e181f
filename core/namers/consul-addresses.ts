import { type HostResolver, numericHost } from '../host.ts';
import { type Address, weightedAddress } from '../naming/name.ts';
import { Activity, ok } from '../reactive/activity.ts';
import type { Instance } from './consul-answers.ts';

export interface AddressChoice {
  /** Whether the address of a service goes before that of its node. */
  readonly preferServiceAddress: boolean;
  readonly weights: readonly { readonly tag: string; readonly weight: number }[];
}

/**
 * Where instances listen; without a port or an address, nowhere. Each weighs as the heaviest of its tags, 1 without any.
 * Host names are resolved now, to all of their addresses, and not again; one that does not resolve is left out. The same
 * address twice is one, unless the weights differ.
 */
export function addressesOf(
  instances: readonly Instance[],
  choice: AddressChoice,
  resolve: HostResolver,
): Activity<readonly Address[]> {
  const named = instances.map((each) => ({ ...each, host: hostOf(each, choice) })).filter(isReachable);
  const addresses = (hosts: readonly (readonly string[])[]): readonly Address[] => {
    const all = new Map<string, Address>();
    for (const [i, { port, tags }] of named.entries()) {
      const weight = weightOf(tags, choice);
      for (const host of hosts[i] ?? []) all.set(`${host} ${port} ${weight}`, weightedAddress(host, port, weight));
    }
    return [...all.values()];
  };

  const numeric = named.map(({ host }) => numericHost(host));
  if (!numeric.includes(undefined)) return Activity.value(addresses(numeric.map((host) => [host ?? ''])));
  return Activity.from((set) => {
    let open = true;
    const found = named.map(({ host }, i) => (numeric[i] === undefined ? resolve(host).catch(() => []) : [numeric[i]]));
    void Promise.all(found).then((hosts) => {
      if (open) set(ok(addresses(hosts)));
    });
    return { close: () => (open = false) };
  });
}

function hostOf({ serviceHost, nodeHost }: Instance, { preferServiceAddress }: AddressChoice): string {
  return preferServiceAddress && serviceHost !== '' ? serviceHost : nodeHost;
}

const isReachable = ({ host, port }: { readonly host: string; readonly port: number }): boolean =>
  host !== '' && Number.isInteger(port) && port > 0 && port <= 65535;

function weightOf(tags: readonly string[], { weights }: AddressChoice): number {
  const matching = weights.filter(({ tag }) => tags.includes(tag)).map(({ weight }) => weight);
  return matching.length === 0 ? 1 : Math.max(...matching);
}
