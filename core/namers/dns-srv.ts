import { isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { defineKind } from '../config/kind.ts';
import { toText } from '../naming/labels.ts';
import { configuredNamerElement } from '../naming/lookup.ts';
import { type Addr, type Address, boundAddr, boundName, negAddr } from '../naming/name.ts';
import { neg } from '../naming/name-tree.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { Activity, ok } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';
import type { World } from '../world.ts';
import { existing } from './existing.ts';
import { namerFields } from './fields.ts';
import { asking, followPoll } from './poll.ts';
import { srvAddresses, srvResolver } from './srv-records.ts';

const server = z.string().refine(isServer, {
  error: ({ input }) => `'${input}' is not the address of a DNS server such as 10.96.0.10 or 127.0.0.1:5353`,
});

/**
 * Binds `/<name>`, a name with SRV records such as `_http._tcp.web.example`, to where its records of the first priority
 * lead, asked for again and again. Neg: there is no such name, or no server told so far. Once there was an answer it
 * stays good while servers fail.
 */
export const dnsSrvNamer = defineKind({
  experimental: true,
  schema: z.strictObject({
    kind: z.literal('io.l5d.dnssrv'),
    ...namerFields,
    refreshIntervalSeconds: z.int().min(1).default(5).describe('How often records are asked for.'),
    dnsHosts: z.array(server).default([]).describe('DNS servers, `ip` or `ip:port`; those of the machine without any.'),
  }),
  make({ refreshIntervalSeconds, dnsHosts, ...config }, world: World): Namer {
    const prefix = config.prefix ?? Path.of(config.kind);
    const root = Path.of(configuredNamerElement).concat(prefix);
    const resolver = srvResolver(dnsHosts, world.resolve);
    const addrs = new KeyedActivities<Addr>((name, set) => {
      const poll = { ask: asking(() => srvAddresses(name, resolver)), everyMs, what: `SRV records of ${name}` };
      const everyPoll = Activity.from<readonly Address[] | undefined>((tell) => followPoll(poll, world, tell));
      return everyPoll
        .transform((state) => (state.kind === 'failed' ? ok(undefined) : state))
        .map((all): Addr => (all === undefined ? negAddr : boundAddr(...all)))
        .distinct(isDeepStrictEqual)
        .states.observe(set);
    });
    const everyMs = (): number => refreshIntervalSeconds * 1000;

    return {
      prefix,
      followed: () => addrs.states(),
      lookup(path) {
        const id = path.take(1);
        const [name] = id.segments;
        if (name === undefined || name.length > 253) return Activity.value(neg);
        return existing(boundName(root.concat(id), path.drop(1), addrs.get(toText(name).toLowerCase())));
      },
    };
  },
});

/** `ip`, `ipv4:port` or `[ipv6]:port`. */
function isServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d{1,5})$/.exec(text) ?? [];
  return isIP(host) === (text.startsWith('[') ? 6 : 4) && Number(port) <= 65_535;
}
