import { type Addr, address, boundAddr, negAddr } from '../naming/name.ts';
import { Activity } from '../reactive/activity.ts';
import type { PolledHosts } from './polled-hosts.ts';

/** Where something listens; the host may be a name. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The addresses of endpoints, whose hosts are looked up as they change; neg without any endpoint. */
export function endpointAddr(endpoints: readonly Endpoint[], hosts: PolledHosts): Activity<Addr> {
  if (endpoints.length === 0) return Activity.value(negAddr);
  const names = [...new Set(endpoints.map(({ host }) => host))];
  return Activity.collect(names.map((host) => hosts.of(host))).map((found) => {
    const of = new Map(names.map((host, i) => [host, found[i] ?? []]));
    return boundAddr(...endpoints.flatMap(({ host, port }) => (of.get(host) ?? []).map((ip) => address(ip, port))));
  });
}
