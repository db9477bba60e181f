import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { endlessWatch, type Listable, type Named } from './endless-watch.ts';

interface Thing extends Named {
  readonly code?: number;
}

const thing = (name: string, resourceVersion = '1'): Thing => ({ metadata: { name, resourceVersion } });
const soon = (): Promise<void> => new Promise((later) => setImmediate(later));

/** An API server played by the test. */
class Server implements Listable<Thing> {
  readonly asked: string[] = [];
  items: readonly Thing[] = [];
  failing = false;
  closed = 0;
  event: (type: string, object: Thing) => void = () => {};
  end: (error?: unknown) => void = () => {};

  async list() {
    this.asked.push('list');
    if (this.failing) throw new Error('down');
    return { items: this.items, resourceVersion: '10' };
  }

  watch(version: string, event: (type: string, object: Thing) => void, done: (error: unknown) => void) {
    this.asked.push(`watch ${version}`);
    this.event = event;
    this.end = done;
    return { close: () => void this.closed++ };
  }
}

function watched(server: Server) {
  const clock = new ManualClock();
  const log = recordingLog();
  const seen: string[] = [];
  const handle = endlessWatch(server, { clock, random: () => 1, log }, (all) => seen.push([...all.keys()].join(' ')));
  return { clock, log, seen, handle };
}

test('what was listed is told, then every change', async () => {
  const server = new Server();
  server.items = [thing('a'), thing('b')];
  const { seen, handle } = watched(server);
  await soon();
  server.event('ADDED', thing('c'));
  server.event('MODIFIED', thing('a'));
  server.event('DELETED', thing('b'));
  assert.deepEqual(seen, ['a b', 'a b c', 'a b c', 'a c']);
  handle.close();
});

test('a stream that ends goes on at the last version, bookmarks counted', async () => {
  const server = new Server();
  const { clock, seen, handle } = watched(server);
  await soon();
  server.event('ADDED', thing('a', '12'));
  server.event('BOOKMARK', thing('', '20'));
  clock.advance(60_000);
  server.end();
  assert.deepEqual(server.asked, ['list', 'watch 10', 'watch 20']);
  assert.deepEqual(seen, ['', 'a']);
  handle.close();
});

test('a stream that ends at once is not asked for again at once', async () => {
  const server = new Server();
  const { clock, handle } = watched(server);
  await soon();
  server.end();
  assert.deepEqual(server.asked, ['list', 'watch 10']);
  clock.advance(100);
  assert.deepEqual(server.asked, ['list', 'watch 10', 'watch 10']);
  handle.close();
});

for (const [what, gone] of [
  [
    'an ERROR event',
    (server: Server) => {
      server.event('ERROR', { code: 410 });
      server.end();
    },
  ],
  ['status 410', (server: Server) => server.end(Object.assign(new Error('Gone'), { statusCode: 410 }))],
] as const) {
  test(`after ${what} everything is listed anew, and what went meanwhile is gone`, async () => {
    const server = new Server();
    server.items = [thing('a'), thing('b')];
    const { clock, seen, handle } = watched(server);
    await soon();
    server.items = [thing('b')];
    gone(server);
    server.event('ADDED', thing('ghost'));
    clock.advance(100);
    await soon();
    assert.deepEqual(server.asked, ['list', 'watch 10', 'list', 'watch 10']);
    assert.equal(seen[1], 'b');
    handle.close();
  });
}

test('failures wait longer and longer, up to half a minute, and for ever; the last state stands', async () => {
  const server = new Server();
  server.items = [thing('a')];
  const { clock, log, seen, handle } = watched(server);
  await soon();
  server.failing = true;
  server.end(Object.assign(new Error('Gone'), { statusCode: 410 }));
  const waits: number[] = [];
  for (let i = 0; i < 12; i++) {
    const before = server.asked.length;
    let ms = 0;
    for (; server.asked.length === before; ms += 50) clock.advance(50);
    await soon();
    waits.push(ms);
  }
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000, 30000]);
  assert.deepEqual(seen, ['a']);
  assert.equal(log.lines.filter(({ event }) => event === 'list failed').length, 12);
  server.failing = false;
  clock.advance(30_000);
  await soon();
  assert.deepEqual(seen, ['a', 'a']);
  handle.close();
});

test('a broken stream is logged and opened again; an event in between makes the next wait short', async () => {
  const server = new Server();
  const { clock, log, handle } = watched(server);
  await soon();
  for (let i = 0; i < 5; i++) {
    server.end(new Error('reset'));
    clock.advance(30_000);
  }
  server.event('ADDED', thing('a', '11'));
  server.end(new Error('reset'));
  const before = server.asked.length;
  clock.advance(100);
  assert.deepEqual(server.asked.slice(before), ['watch 11']);
  assert.equal(log.lines.filter(({ event }) => event === 'watch broke').length, 6);
  handle.close();
});

test('closed, it closes its stream and hears nothing more', async () => {
  const server = new Server();
  const { clock, seen, handle } = watched(server);
  await soon();
  handle.close();
  server.event('ADDED', thing('late'));
  server.end(new Error('late'));
  clock.advance(60_000);
  assert.equal(server.closed, 1);
  assert.deepEqual(seen, ['']);
  assert.deepEqual(server.asked, ['list', 'watch 10']);
});

test('closed while listing, it tells nothing', async () => {
  const server = new Server();
  const { seen, handle } = watched(server);
  handle.close();
  await soon();
  assert.deepEqual(seen, []);
});
