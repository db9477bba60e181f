import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { port } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { obsolete } from '../config/planned.ts';
import { systemResolver } from '../host.ts';
import { toText } from '../naming/labels.ts';
import { configuredNamerElement } from '../naming/lookup.ts';
import { metaKeys } from '../naming/meta.ts';
import { type Addr, boundName, negAddr } from '../naming/name.ts';
import { neg } from '../naming/name-tree.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';
import { clientTlsSchema } from '../tls/config.ts';
import type { World } from '../world.ts';
import { apiTls } from './api-tls.ts';
import { addressesOf } from './consul-addresses.ts';
import { type AgentSelf, healthStatuses, type Instance, readCatalog, readHealth, readSelf } from './consul-answers.ts';
import { type ConsulQuery, followConsul } from './consul-query.ts';
import { existing } from './existing.ts';
import { namerFields } from './fields.ts';

const schema = z.strictObject({
  kind: z.literal('io.l5d.consul'),
  ...namerFields,
  host: z.string().default('localhost').describe('Of a Consul agent.'),
  port: port.default(8500),
  includeTag: z.boolean().default(false).describe('Names are `/<datacenter>/<tag>/<service>` instead of without tag.'),
  useHealthCheck: z.boolean().default(false).describe('Leave out instances whose health is not one of healthStatuses.'),
  healthStatuses: z.array(z.enum(healthStatuses)).default(['passing']),
  token: z.string().optional().describe('An ACL token, sent with every query.'),
  setHost: z.boolean().default(false).describe('Send requests with the DNS name that Consul has for the service.'),
  consistencyMode: z.enum(['default', 'stale', 'consistent']).default('default'),
  failFast: z.boolean().optional().describe('Changes nothing: each query tries every address that the host has.'),
  preferServiceAddress: z.boolean().default(true).describe('Use the address of a service before that of its node.'),
  weights: z.array(z.strictObject({ tag: z.string(), weight: z.number() })).default([]),
  transferMetadata: z.boolean().default(false).describe('Show the metadata of the service (of its first instance).'),
  fixedLengthStreamedAfterKB: obsolete('answers of agents are read whole'),
  tls: clientTlsSchema.optional(),
});

export type ConsulConfig = z.output<typeof schema>;

export const consulNamer = defineKind({
  schema,
  make: (config, world: World): Namer => makeConsulNamer(config.prefix ?? Path.of(config.kind), config, world),
});

/** The datacenter that means the agent's own. */
const ownDatacenter = '.local';

/**
 * Binds `/<datacenter>/<service>` (with `includeTag`: `/<datacenter>/<tag>/<service>`), tag and service in lower case,
 * to the instances of a service of Consul; further elements are residual. The id keeps the case that was asked for.
 *
 * Neg, so that alternatives are tried: no such datacenter or service, no instance (of this tag, or healthy), and an
 * agent that has not answered yet but failed to. The tree changes only when existence does; instances that come and go
 * change the addresses under it.
 */
export function makeConsulNamer(prefix: Path, config: ConsulConfig, world: World): Namer {
  const root = Path.of(configuredNamerElement).concat(prefix);
  const consumed = config.includeTag ? 3 : 2;
  const resolve = world.resolve ?? systemResolver;
  const { host, port, token } = config;
  const agent = { host, port, token, tls: apiTls(config.tls, host, world) };
  const follow = <T>(query: ConsulQuery<T>): Activity<T | undefined> =>
    Activity.from((set) => followConsul(agent, query, world, set));
  const self = follow({ path: '/v1/agent/self', parameters: {}, read: readSelf });

  function addrOf(datacenter: string, own: readonly string[]): Activity<Addr> {
    const hostMeta = config.setHost
      ? self.map((agent) => ({ [metaKeys.authority]: dnsName(datacenter, own, agent) }))
      : Activity.value({});
    return follow(queryFor(config, datacenter, own)).flatMap((instances = []) =>
      addressesOf(instances, config, resolve).flatMap((addresses) => {
        if (addresses.length === 0) return Activity.value(negAddr);
        const meta = config.transferMetadata ? instances[0]?.meta : {};
        return hostMeta.map((host): Addr => ({ kind: 'bound', addresses, meta: { ...meta, ...host } }));
      }),
    );
  }

  /** By the canonical text of what is looked up, so that a name bound twice is bound to the same addresses. */
  const addrs = new KeyedActivities<Addr>((text, set) => {
    const [datacenter = '', ...own] = Path.read(text).segments.map(toText);
    return addrOf(datacenter, own).stabilized().distinct(isDeepStrictEqual).states.observe(set);
  });

  return {
    prefix,
    followed: () => addrs.states(),
    lookup(path) {
      const id = path.take(consumed);
      if (id.size < consumed) return Activity.value(neg);
      const [datacenter = '', ...own] = id.segments.map(toText);
      const addr = addrs.get(Path.utf8(datacenter, ...own.map((s) => s.toLowerCase())).show);
      return existing(boundName(root.concat(id), path.drop(consumed), addr));
    },
  };
}

/** `own`: the service, or the tag and the service. */
function queryFor(config: ConsulConfig, datacenter: string, own: readonly string[]): ConsulQuery<readonly Instance[]> {
  const [service = '', tag] = own.toReversed();
  const { useHealthCheck, healthStatuses: wanted, consistencyMode } = config;
  return {
    path: `/v1/${useHealthCheck ? 'health' : 'catalog'}/service/${encodeURIComponent(service)}`,
    parameters: {
      ...(datacenter !== ownDatacenter && { dc: datacenter }),
      ...(tag !== undefined && { tag }),
      ...(useHealthCheck && { passing: String(wanted.every((health) => health === 'passing')) }),
      ...(consistencyMode !== 'default' && { [consistencyMode]: 'true' }),
    },
    read: useHealthCheck ? (body) => readHealth(body).filter((each) => wanted.includes(each.health)) : readCatalog,
  };
}

/** As Consul's DNS has it: `[tag.]service.service[.datacenter].domain`. */
function dnsName(datacenter: string, own: readonly string[], agent: AgentSelf | undefined): string {
  const at = datacenter === ownDatacenter ? agent?.datacenter : datacenter;
  return [...own, 'service', at, agent?.domain || 'consul'].filter((label) => label).join('.');
}
