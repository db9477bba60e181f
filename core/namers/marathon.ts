import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { millis, path as pathField, port } from '../config/fields.ts';
import { defineKind } from '../config/kind.ts';
import { systemResolver } from '../host.ts';
import { getJson, type JsonAnswer } from '../http/get-json.ts';
import { configuredNamerElement } from '../naming/lookup.ts';
import { type Addr, boundName, type Name } from '../naming/name.ts';
import { type NameTree, neg } from '../naming/name-tree.ts';
import type { Namer } from '../naming/namer.ts';
import { Path } from '../naming/path.ts';
import { Activity } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';
import { clientTlsSchema } from '../tls/config.ts';
import type { World } from '../world.ts';
import { apiTls } from './api-tls.ts';
import { endpointAddr } from './endpoints.ts';
import { existing } from './existing.ts';
import { namerFields } from './fields.ts';
import { readAppIds, readTasks } from './marathon-answers.ts';
import { marathonAuthority } from './marathon-auth.ts';
import { asking, followPoll, type Poll } from './poll.ts';
import { PolledHosts } from './polled-hosts.ts';

const schema = z.strictObject({
  kind: z.literal('io.l5d.marathon'),
  ...namerFields,
  host: z.string().default('marathon.mesos').describe('Of Marathon.'),
  port: port.default(80),
  dst: pathField.optional().describe('Where Marathon is, as `/$/inet/<host>/<port>`, in place of host and port.'),
  uriPrefix: z.string().default('').describe('What stands before `/v2/apps`.'),
  ttlMs: millis.default(5000).describe('How often it is asked.'),
  jitterMs: millis.default(50).describe('By how much that varies, up or down.'),
  useHealthCheck: z.boolean().default(false).describe('Leave out tasks that do not pass all checks of their app.'),
  tls: clientTlsSchema.optional(),
});

type MarathonConfig = z.output<typeof schema>;

/**
 * Binds the shortest beginning of a path that is the id of a Marathon app, in lower case, to its running tasks; the rest
 * is residual. Neg: no such app, or no task. Both are asked for again and again; a failure leaves the last answer.
 */
export const marathonNamer = defineKind({
  schema: schema.superRefine(({ dst }, context) => {
    if (dst !== undefined && inet(dst) === undefined)
      context.addIssue({ code: 'custom', path: ['dst'], message: `${dst.show} is not /$/inet/<host>/<port>` });
  }),
  make: (config, world: World): Namer => makeMarathonNamer(config.prefix ?? Path.of(config.kind), config, world),
});

function makeMarathonNamer(prefix: Path, config: MarathonConfig, world: World): Namer {
  const root = Path.of(configuredNamerElement).concat(prefix);
  const ask = questions(config, world);
  const hosts = new PolledHosts(world.clock, world.resolve ?? systemResolver);
  const everyMs = (): number => Math.max(100, config.ttlMs + config.jitterMs * (2 * world.random() - 1));
  const follow = <T>(uri: string, read: (body: unknown) => T): Activity<T> => {
    const poll: Poll<T> = { ask: asking(async () => read(await ask(uri))), everyMs, what: `Marathon ${uri}` };
    return Activity.from((set) => followPoll(poll, world, set));
  };
  const ids = follow('/v2/apps', readAppIds);

  const addrs = new KeyedActivities<Addr>((id, set) =>
    follow(`/v2/apps${id}?embed=app.tasks`, (body) => readTasks(body, config.useHealthCheck))
      .distinct(isDeepStrictEqual)
      .flatMap((tasks) => endpointAddr(tasks, hosts))
      .stabilized()
      .states.observe(set),
  );

  return {
    prefix,
    followed: () => addrs.states(),
    lookup(path) {
      const wanted = Path.of(...path.segments.map((s) => s.toLowerCase()));
      return ids
        .map((all) => sizeOfApp(wanted, all))
        .distinct((a, b) => a === b)
        .flatMap((size): Activity<NameTree<Name>> => {
          if (size === 0) return Activity.value(neg);
          const app = wanted.take(size);
          return existing(boundName(root.concat(app), path.drop(size), addrs.get(idOf(app))));
        });
    },
  };
}

const idOf = (path: Path): string => path.segments.map((s) => `/${encodeURIComponent(s)}`).join('');

/** How many elements the shortest app's id has that the path begins with; 0: there is none. */
function sizeOfApp(path: Path, ids: ReadonlySet<string>): number {
  for (let size = 1; size <= path.size; size++) if (ids.has(`/${path.take(size).segments.join('/')}`)) return size;
  return 0;
}

/** Asks Marathon for what is at a URI; once more where what lets us in was too old. */
function questions(config: MarathonConfig, world: World): (uri: string) => Promise<unknown> {
  const { host, port } = (config.dst && inet(config.dst)) ?? config;
  const tls = apiTls(config.tls, host, world);
  const authority = marathonAuthority(world, (login) => apiTls(config.tls, login, world));
  const once = async (uri: string, again: boolean): Promise<JsonAnswer> => {
    const headers = await authority(again);
    const request = { host, port, path: config.uriPrefix + uri, headers, timeoutMs: 30_000, tls };
    return new Promise((done) => getJson(request, world.clock, done));
  };
  return async (uri) => {
    let answer = await once(uri, false);
    if (answer.kind === 'failed' && answer.status === 401) answer = await once(uri, true);
    if (answer.kind === 'failed') throw new Error(answer.message);
    return answer.body;
  };
}

function inet(dst: Path): { readonly host: string; readonly port: number } | undefined {
  const [utility, kind, host = '', port = '', ...more] = dst.segments;
  const fits = utility === '$' && kind === 'inet' && /^\d{1,5}$/.test(port) && more.length === 0;
  return fits ? { host, port: Number(port) } : undefined;
}
