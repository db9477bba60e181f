import type { Cluster } from './cluster.ts';
import { curl, say } from './curl.ts';
import { type Counts, count, linkersOf, sum } from './linkers.ts';

/** Sends requests as the apps of the pods would, and checks all answers. Rejects at the first that is wrong. */
export async function play(cluster: Cluster, folder: string): Promise<void> {
  const linkers = linkersOf(cluster);
  const look = (): Promise<Counts[]> => Promise.all(linkers.map(count));
  const ipOf = (name: string): string => linkers.find((linker) => linker.name.startsWith(name))?.ip ?? '';
  const proxy = `http://${ipOf('node a')}:4140`;
  let sent = 0;

  /** Requests from node a, and what is answered. */
  async function ask(app: string, times: number, dtab?: string, each?: () => void): Promise<readonly string[]> {
    sent += times;
    const header = dtab && `l5d-dtab: ${dtab}`;
    const { lines } = await curl({ url: `http://${app}/`, times, proxy, header }, each);
    expect(lines.length === times, `${times} answers of one line`);
    return lines;
  }

  /** The same request some times, and the linkers that it passed: two on the way to hello, two on the way to world. */
  async function route(app: string, answer: string, dtab?: string): Promise<void> {
    const before = await look();
    const lines = await ask(app, 20, dtab);
    expect(same(lines, answer), answer);
    const after = await look();
    const passed = linkers.flatMap(({ name }, i) => {
      const [out, into] = (['outgoing', 'incoming'] as const).map((way) => after[i]![way] - before[i]![way]);
      return out === 0 && into === 0 ? [] : [`${name} (${out} out, ${into} in)`];
    });
    say(`  passed ${passed.join(', ')}`);
    expect(sum(after, 'outgoing') - sum(before, 'outgoing') === 40, 'each to leave by two linkers');
    expect(sum(after, 'incoming') - sum(before, 'incoming') === 40, 'each to arrive at two linkers');
  }

  say('\n--- hello calls world: from a pod with its own linker, and from one that uses the linker of its node.');
  await route('hello', 'hello world');
  await route('hello-node', 'hello-node world');

  say('\n--- For these requests alone, world is world-v2, which has its own linker. hello only hands on the header.');
  await route('hello', 'hello world-v2', '/host/world => /srv/world-v2');
  await route('hello-node', 'hello-node world-v2', '/host/world => /srv/world-v2');

  say('\n--- One request in ten goes to world-v2.');
  const shifted = await ask('hello', 200, '/host/world => 9 * /srv/world & 1 * /srv/world-v2');
  const moved = shifted.filter((line) => line === 'hello world-v2').length;
  expect(moved >= 4 && moved <= 45, 'about 20 of 200 answers from world-v2');

  say('\n--- One of two worlds is killed while requests run. None fails.');
  const victim = cluster.pods.find(({ containers }) => containers.has('world'))!;
  let answered = 0;
  const lines = await ask('hello', 300, undefined, () => {
    if (++answered !== 100) return;
    say(`  (kill -9 of the app in ${victim.name}, after 100 answers)`);
    void victim.containers.get('world')?.stop(0);
    // Kubernetes takes a moment to see it.
    setTimeout(() => cluster.forget(victim), 100);
  });
  expect(same(lines, 'hello world'), 'hello world and no error');

  say('\n--- Every request was counted, and all that passed between linkers was encrypted.\n');
  const counts = await look();
  for (const [i, { name, admin }] of linkers.entries()) {
    const { outgoing, incoming, failed } = counts[i]!;
    say(`${admin}/admin/metrics.json  ${outgoing} out, ${incoming} in, ${failed} failed (linker of ${name})`);
  }
  const [again, tls, all] = [sum(counts, 'retried'), sum(counts, 'encrypted'), sum(counts, 'connections')];
  say(`${sent} requests to hello make ${sent} to world: ${2 * sent} out and in, and ${again} in again after the kill.`);
  expect(sum(counts, 'outgoing') === 2 * sent, `${2 * sent} out`);
  expect(sum(counts, 'incoming') === 2 * sent + again, `${2 * sent + again} in`);
  expect(sum(counts, 'failed') === 0, 'none failed');
  say(`${tls} of ${all} connections between linkers are TLS.`);
  expect(tls === all && tls > 0, 'TLS alone');

  say('\n--- Between linkers nobody gets through without a certificate of the mesh.');
  const files = `${folder}/certificate`;
  const header = 'l5d-dst-client: /%/io.heddle.k8s.linked/#/io.l5d.k8s/default/80/world-v2';
  const stranger = { ip: ipOf('world-v2'), cacert: `${files}/ca.crt` };
  const member = { ...stranger, cert: `${files}/tls.crt`, key: `${files}/tls.key` };
  const refused = await curl({ url: 'https://linker.heddle:4141/', header, tls: stranger });
  expect(refused.lines.length === 0 && refused.problem !== '', 'no answer');
  const admitted = await curl({ url: 'https://linker.heddle:4141/', header, tls: member });
  expect(same(admitted.lines, 'world-v2'), 'world-v2');
}

const same = (lines: readonly string[], answer: string): boolean =>
  lines.length > 0 && lines.every((line) => line === answer);

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected ${what}`);
}
