import { lookup } from 'node:dns/promises';
import { isIPv6, SocketAddress } from 'node:net';

/** Finds all addresses of a host name, numeric; rejects, with a `code` such as ENOTFOUND, if there are none. */
export type HostResolver = (host: string) => Promise<readonly string[]>;

/** As every program of this machine sees the name: /etc/hosts, search domains, DNS. */
export const systemResolver: HostResolver = async (host) => {
  const found = await lookup(host, { all: true });
  return found.map((each) => each.address);
};

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
