import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDtab } from '#core/naming/parse.ts';
import { openPage } from '#test/helpers/admin-page.ts';
import { delegatorPage } from './delegator-page.ts';

const routers = [
  { label: 'out', dtab: readDtab('/svc => /a | /b ; /a => ~') },
  { label: 'in', dtab: readDtab('/svc => /$/inet/127.0.0.1/8080') },
];

const carried = (body: string): unknown => JSON.parse(/id="dtab-base-data">([^<]*)</.exec(body)?.[1] ?? '');
const never = () => assert.fail('nobody has asked yet');

/** What the page shows where the linker gives this answer, and what the linker was asked. */
async function followed(answer: Response, path = '/svc/x') {
  const asked: unknown[] = [];
  const page = openPage(delegatorPage(routers), async (url, init) => {
    asked.push(url, JSON.parse(init?.body ?? ''));
    return answer;
  });
  page.byId('path').value = path;
  await page.byId('form').listeners.get('submit')?.({ preventDefault: () => {} });
  const lines = page
    .byId('tree')
    .all('code')
    .map(({ textContent }) => textContent);
  return { asked, lines, state: page.byId('state').textContent };
}

test('the tables of all routers travel with the page, whatever the routers are called', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), (labels) => {
      const { body } = delegatorPage(labels.map((label) => ({ label, dtab: readDtab('/a => /b') })));
      const table = [{ prefix: '/a', dst: '/b' }];
      assert.deepEqual(carried(body), Object.fromEntries(labels.map((label) => [label, table])));
    }),
  );
});

test('no label and no table can end the element that carries them', () => {
  const evil = `</script><script>alert('&')</script>`;
  const { body } = delegatorPage([{ label: evil, dtab: [] }]);
  const count = (text: string) => text.match(/<\/?script/g)?.length;
  assert.equal(count(body), count(delegatorPage([]).body));
  assert.deepEqual(carried(body), { [evil]: [] });
});

test('one chooses among the routers, and is shown the table of the one that is chosen', () => {
  const page = openPage(delegatorPage(routers), never);
  const [select, dtab] = [page.byId('router'), page.byId('dtab')];
  assert.deepEqual(
    select.children.map(({ value, textContent }) => [value, textContent]),
    [
      ['out', 'out'],
      ['in', 'in'],
    ],
  );
  assert.equal(dtab.value, '/svc => /a | /b ;\n/a => ~ ;');
  assert.deepEqual(readDtab(dtab.value), routers[0]?.dtab);
  select.value = 'in';
  select.listeners.get('change')?.({});
  assert.equal(dtab.value, '/svc => /$/inet/127.0.0.1/8080 ;');
});

test('without routers there is an empty table', () => {
  assert.equal(openPage(delegatorPage([]), never).byId('dtab').value, '');
});

test('the linker is asked about the name with the table as it stands in the page', async () => {
  const { asked } = await followed(Response.json({ type: 'neg', path: '~' }), '/svc/y');
  assert.deepEqual(asked, [
    '/delegator.json',
    { namespace: 'out', dtab: '/svc => /a | /b ;\n/a => ~ ;', path: '/svc/y' },
  ]);
});

const leaf = (id: string, addr: object) => ({ type: 'leaf', path: '/l', bound: { id, path: '/', addr } });

test('every kind of step is shown, with the rule that led to it', async () => {
  const addrs = [
    { ip: '10.0.0.1', port: 80 },
    { ip: '10.0.0.2', port: 81 },
  ];
  const { lines, state } = await followed(
    Response.json({
      type: 'alt',
      path: '/svc',
      alt: [
        { type: 'neg', path: '/n', dentry: { prefix: '/svc', dst: '/n' } },
        { type: 'union', path: '/u', union: [{ weight: 0.5, tree: leaf('/#/a', { type: 'bound', addrs }) }] },
        { type: 'transformation', path: '/t', name: 'port', tree: leaf('/#/b', { type: 'bound', addrs: [] }) },
        { type: 'delegate', path: '/d', delegate: leaf('/#/c', { type: 'failed', cause: 'gone' }) },
        { type: 'exception', path: '/e', message: 'no such namer' },
        { type: 'fail', path: '!' },
        { type: 'empty', path: '/z' },
      ],
    }),
  );
  assert.deepEqual(lines, [
    '/svc',
    '/n   (/svc => /n)   neg',
    '/u',
    '0.5 × /l',
    'bound to /#/a → 10.0.0.1:80, 10.0.0.2:81',
    '/t',
    'port: /l',
    'bound to /#/b → no addresses',
    '/d',
    '/l',
    'bound to /#/c → failed: gone',
    '/e',
    'no such namer',
    '!   fail',
    '/z   empty',
  ]);
  assert.equal(state, '');
});

test('a refusal is shown in the words of the linker, one without words with a guess', async () => {
  const refused = await followed(new Response('Invalid dtab: <b>', { status: 400 }));
  assert.deepEqual([refused.state, refused.lines], ['Invalid dtab: <b>', []]);
  assert.match((await followed(new Response('', { status: 500 }))).state, /\(500\).*circles/);
});

test('nothing is put into the page as HTML', async () => {
  assert.doesNotMatch(delegatorPage(routers).body, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  const evil = '<img src=x onerror=alert(1)>';
  const { lines } = await followed(Response.json({ type: 'exception', path: evil, message: evil }));
  assert.deepEqual(lines, [evil, evil]);
});
