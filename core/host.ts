import { lookup } from 'node:dns/promises';
import { isIPv6, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Finds all addresses of a host name, numeric; rejects, with a `code` such as ENOTFOUND, if there are none. */
export type HostResolver = (host: string) => Promise<readonly string[]>;

/**
 * As every program of this machine sees the name: /etc/hosts, search domains, DNS. IPv6 addresses are left out where
 * there are others and no interface could reach them, as in Finagle.
 */
export const systemResolver: HostResolver = async (host) => {
  const all = await lookup(host, { all: true });
  const reachable = all.filter(({ family }) => family === 4 || reachesIPv6(networkInterfaces()));
  return (reachable.length > 0 ? reachable : all).map((each) => each.address);
};

/** Whether an interface has an IPv6 address of more than its own link. */
export function reachesIPv6(interfaces: ReturnType<typeof networkInterfaces>): boolean {
  const addresses = Object.values(interfaces).flatMap((all) => all ?? []);
  return addresses.some((each) => each.family === 'IPv6' && !each.internal && !each.address.startsWith('fe80'));
}

export const loopback = '127.0.0.1';

/**
 * The address a host text means by itself, in canonical form; undefined for a name that has to be resolved. Short IPv4
 * forms count: `127.1` is 127.0.0.1. Nothing, and `localhost`, are the loopback address (RFC 6761 §6.3).
 */
export function numericHost(host: string): string | undefined {
  if (host === '' || host === 'localhost') return loopback;
  return isIPv6(host) ? new SocketAddress({ address: host, family: 'ipv6' }).address : ipv4(host);
}

/** One to four decimal parts, the last of which fills the bytes that are left, as inet_aton has it. */
function ipv4(host: string): string | undefined {
  if (!/^\d{1,10}(?:\.\d{1,10}){0,3}$/.test(host)) return undefined;
  const parts = host.split('.').map(Number);
  const last = parts.pop() ?? 0;
  const free = 4 - parts.length;
  if (parts.some((p) => p > 255) || last >= 256 ** free) return undefined;
  const bytes = Array.from({ length: free }, (_, i) => Math.floor(last / 256 ** (free - 1 - i)) % 256);
  return [...parts, ...bytes].join('.');
}
