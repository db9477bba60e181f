import { BlockList, isIPv4 } from 'node:net';

/**
 * Whether two numeric addresses are on one node as far as addresses tell: the same /24, or /64 of IPv6, the share of
 * the pod network a node commonly has.
 */
export function sameSubnet(a: string, b: string): boolean {
  if (isIPv4(a) || isIPv4(b)) return isIPv4(a) && isIPv4(b) && network(a) === network(b);
  const block = new BlockList();
  block.addSubnet(a, 64, 'ipv6');
  return block.check(b, 'ipv6');
}

function network(ipv4: string): string {
  return ipv4.slice(0, ipv4.lastIndexOf('.'));
}
