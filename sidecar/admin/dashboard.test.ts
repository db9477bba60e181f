import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Element, openPage } from '#test/helpers/admin-page.ts';
import { dashboard } from './dashboard.ts';

/** What one kind of thing has counted, as metrics.json?tree=true says it. */
const counted = (requests: number, failures = 0) => ({
  requests: { counter: requests },
  success: { counter: requests - failures },
  failures: { counter: failures },
  request_latency_ms: { 'stat.p50': 3, 'stat.p99': 41 },
  connections: { gauge: 2 },
});

const rows = (table: Element | undefined): string[][] =>
  (table?.all('tr') ?? []).map((row) => row.children.map((cell) => cell.textContent));
const settled = () => new Promise(setImmediate);

/** The page after each of these answers, two seconds apart. */
async function shownAfter(...answers: readonly (() => Response)[]) {
  let now = 0;
  const asked: string[] = [];
  const left = [...answers];
  const answer = async (url: string) => {
    asked.push(url);
    return left.shift()?.() ?? assert.fail('asked too often');
  };
  const page = openPage(dashboard(), answer, () => now);
  await settled();
  for (let i = 1; i < answers.length; i++) {
    now += 2000;
    page.tick();
    await settled();
  }
  return { routers: page.byId('routers'), state: page.byId('state').textContent, asked };
}

const metrics = (rt: object) => () => Response.json({ rt });

test('each router is shown with its servers, services and clients, each with its figures', async () => {
  const { routers, asked } = await shownAfter(
    metrics({
      out: { server: { '0.0.0.0/4140': counted(10) }, service: { '/svc/a': counted(4) }, client: { '/c': counted(0) } },
    }),
  );
  assert.deepEqual(
    routers.all('table').map((table) => rows(table)[1]),
    [
      ['0.0.0.0/4140', '10', '–', '100 %', '0', '3', '41', '2'],
      ['/svc/a', '4', '–', '100 %', '0', '3', '41', '2'],
      ['/c', '0', '–', '–', '0', '3', '41', '2'],
    ],
  );
  assert.deepEqual(
    routers.children.map(({ tag, textContent }) => (tag === 'h2' ? textContent : tag)),
    ['out', 'table', 'table', 'table'],
  );
  assert.equal(rows(routers.all('table')[0])[0]?.length, 8, 'a heading for each figure');
  assert.deepEqual(asked, ['/admin/metrics.json?tree=true']);
});

test('a rate is what came since the last look; a counter that went back has none', async () => {
  const rate = async (before: number, after: number) => {
    const both = [before, after].map((n) => metrics({ out: { server: { s: counted(n) } } }));
    return rows((await shownAfter(...both)).routers.all('table')[0])[1]?.[2];
  };
  assert.equal(await rate(10, 15), '2.5');
  assert.equal(await rate(10, 10), '0.0');
  assert.equal(await rate(10, 3), '–');
});

test('less than 99 of 100 is marked, and so is each failure', async () => {
  const marked = async (failures: number) => {
    const { routers } = await shownAfter(metrics({ out: { server: { s: counted(1000, failures) } } }));
    return routers.all('td').flatMap(({ className, textContent }) => (className === 'bad' ? [textContent] : []));
  };
  assert.deepEqual(await marked(0), []);
  assert.deepEqual(await marked(10), ['10']);
  assert.deepEqual(await marked(11), ['98.90 %', '11']);
});

test('names are shown as text, whatever callers made them', async () => {
  const evil = '<img src=x onerror=alert(1)>';
  const { routers } = await shownAfter(metrics({ [evil]: { client: { [evil]: counted(1) } } }));
  assert.equal(routers.all('h2')[0]?.textContent, evil);
  assert.equal(routers.all('td')[0]?.textContent, evil);
  assert.doesNotMatch(dashboard().body, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
});

test('a linker that has not counted yet says so, and so does one that does not answer, until it does', async () => {
  const none = await shownAfter(() => Response.json({}));
  assert.deepEqual([none.routers.children, none.state], [[], 'No router has counted anything yet.']);
  const failing = () => new Response('', { status: 503 });
  assert.equal((await shownAfter(failing)).state, 'Error: metrics.json answers 503');
  const again = await shownAfter(failing, metrics({ out: { server: { s: counted(1) } } }));
  assert.equal(again.routers.all('table').length, 1);
  assert.match(again.state, /^Latencies/);
});

test('without JavaScript the page says where its figures are', () => {
  assert.match(dashboard().body, /<noscript>[^<]*\/admin\/metrics\.json/);
});
