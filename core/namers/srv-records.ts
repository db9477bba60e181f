import { promises as dns, type SrvRecord } from 'node:dns';
import { type HostResolver, numericHost, systemResolver } from '../host.ts';
import { type Address, address, weightedAddress } from '../naming/name.ts';

export type { SrvRecord };

/** The questions to DNS that an SRV name takes. */
export interface SrvResolver {
  /** None where there is no such name, or it has no such records. Rejects where nobody knows. */
  records(name: string): Promise<readonly SrvRecord[]>;
  readonly addresses: HostResolver;
}

/** Asks these servers (`ip` or `ip:port`), hosts included; without any, those of the machine, and hosts as it does. */
export function srvResolver(servers: readonly string[], hosts: HostResolver = systemResolver): SrvResolver {
  const resolver = new dns.Resolver({ timeout: 2000, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  const orNone = async <T>(answer: Promise<T[]>): Promise<T[]> =>
    answer.catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTFOUND' || error.code === 'ENODATA') return [];
      throw error;
    });
  return {
    records: (name) => orNone(resolver.resolveSrv(name)),
    addresses:
      servers.length === 0
        ? hosts
        : async (host) => {
            const [four, six] = await Promise.all([orNone(resolver.resolve4(host)), orNone(resolver.resolve6(host))]);
            return four.length > 0 ? four : six;
          },
  };
}

/**
 * Where the records of an SRV name lead (RFC 2782): those of the first priority, each on its port and with its weight;
 * without any difference in weight, all alike. Undefined: there are no records.
 */
export async function srvAddresses(name: string, resolver: SrvResolver): Promise<readonly Address[] | undefined> {
  const records = (await resolver.records(name)).filter((each) => each.name !== '' && each.port > 0);
  if (records.length === 0) return undefined;
  const first = Math.min(...records.map((each) => each.priority));
  const used = records.filter((each) => each.priority === first);
  const alike = used.every((each) => each.weight === used[0]?.weight);
  const names = [...new Set(used.map((each) => each.name))];
  const found = new Map(
    await Promise.all(names.map(async (host) => [host, await addressesOf(host, resolver)] as const)),
  );
  return used.flatMap(({ name, port, weight }) =>
    // A weight of 0 means hardly ever, not never.
    (found.get(name) ?? []).map((ip) => (alike ? address(ip, port) : weightedAddress(ip, port, Math.max(1, weight)))),
  );
}

/** A host that does not resolve is left out; one that cannot be asked for fails the whole. */
async function addressesOf(host: string, { addresses }: SrvResolver): Promise<readonly string[]> {
  const numeric = numericHost(host);
  if (numeric !== undefined) return [numeric];
  return addresses(host).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTFOUND' || error.code === 'ENODATA') return [];
    throw error;
  });
}
