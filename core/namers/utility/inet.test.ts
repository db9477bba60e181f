import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../clock.ts';
import type { HostResolver } from '../../host.ts';
import { addrJson } from '../../naming/addr-json.ts';
import { lookupNamers } from '../../naming/lookup.ts';
import type { Bound } from '../../naming/name.ts';
import { Path } from '../../naming/path.ts';
import { inetNamers } from './inet.ts';

/** A resolver whose answers are set, and which counts how often it was asked. */
function dns() {
  const answers = new Map<string, readonly string[] | Error>();
  const asked: string[] = [];
  const resolve: HostResolver = async (host) => {
    asked.push(host);
    const answer = answers.get(host) ?? Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { answers, asked, resolve };
}

const outOfReach = Object.assign(new Error('try again'), { code: 'EAI_AGAIN' });
const answered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const names = dns();
  const clock = new ManualClock();
  const namers = { configured: [], utilities: inetNamers(clock, names.resolve) };
  const bound = (path: string): Bound | string => {
    let found: Bound | string = 'pending';
    lookupNamers(namers, Path.read(path))
      .states.observe((s) => {
        if (s.kind === 'failed') found = s.error.message;
        else if (s.kind === 'ok')
          found = s.value.kind === 'leaf' && s.value.value.kind === 'bound' ? s.value.value : s.value.kind;
      })
      .close();
    return found;
  };
  return { ...names, clock, bound };
}

/** What an address is, as JSON in short, live. */
function follow(bound: Bound | string) {
  assert.ok(typeof bound !== 'string');
  const seen: string[] = [];
  const handle = bound.addr.states.observe((s) => {
    const json = addrJson(s);
    seen.push(
      json.type === 'bound'
        ? json.addrs.map((a) => `${a.ip}:${a.port}`).join(' ')
        : json.type === 'failed'
          ? json.cause
          : json.type,
    );
  });
  return { seen, close: () => handle.close() };
}

function shown(bound: Bound | string): string {
  if (typeof bound === 'string') return bound;
  const { seen, close } = follow(bound);
  close();
  return `${bound.id.show} ${bound.residual.show} <${seen.at(-1)}>`;
}

test('numeric hosts are bound at once', () => {
  const { bound, asked } = setUp();
  assert.equal(shown(bound('/$/inet/127.1/8888/a/b')), '/$/inet/127.1/8888 /a/b <127.0.0.1:8888>');
  assert.equal(shown(bound('/$/fixedinet/1.2.3.4/80')), '/$/fixedinet/1.2.3.4/80 / <1.2.3.4:80>');
  assert.equal(
    shown(bound('/$/io.buoyant.rinet/80/localhost/r')),
    '/$/io.buoyant.rinet/80/localhost /r <127.0.0.1:80>',
  );
  assert.deepEqual(asked, []);
});

test('a port alone is one of this host', () => {
  const { bound } = setUp();
  assert.equal(shown(bound('/$/inet/80')), '/$/inet/80 / <127.0.0.1:80>');
  assert.equal(shown(bound('/$/inet/80/http')), '/$/inet/80 /http <127.0.0.1:80>');
});

test('what is neither is a failure under inet, and neg under rinet', () => {
  const { bound } = setUp();
  for (const rest of ['', '/host', '/host/http'])
    assert.equal(bound(`/$/inet${rest}`), `Unknown namer: inet for path: /$/inet${rest}`);
  for (const rest of ['', '/80']) assert.equal(bound(`/$/io.buoyant.rinet${rest}`), 'neg');
});

test('ports out of range, words for ports and IPv6 literals give a leaf whose address failed', () => {
  const { bound } = setUp();
  assert.equal(shown(bound('/$/inet/h/70000')), '/$/inet/h/70000 / <port out of range:70000>');
  assert.equal(shown(bound('/$/inet/h/-1')), '/$/inet/h/-1 / <port out of range:-1>');
  assert.equal(shown(bound('/$/io.buoyant.rinet/http/h')), '/$/io.buoyant.rinet/http/h / <For input string: "http">');
  assert.match(shown(bound('/$/inet/::1/80')), /You must specify host and port in hosts: ::1:80/);
});

test('names are resolved, and again every five seconds; only changes are told', async () => {
  const { bound, answers, asked, clock } = setUp();
  answers.set('web.example', ['192.0.2.2', '192.0.2.1', '192.0.2.1']);
  const { seen, close } = follow(bound('/$/inet/web.example/80'));
  await answered();
  clock.advance(5000);
  await answered();
  answers.set('web.example', ['192.0.2.3']);
  clock.advance(4999);
  await answered();
  assert.equal(asked.length, 2);
  clock.advance(1);
  await answered();
  answers.delete('web.example');
  clock.advance(5000);
  await answered();
  assert.deepEqual(seen, ['pending', '192.0.2.1:80 192.0.2.2:80', '192.0.2.3:80', 'neg']);
  close();
  clock.advance(60_000);
  await answered();
  assert.equal(asked.length, 4);
});

test('a resolver out of reach leaves the last answer; without one there is no such host', async () => {
  const { bound, answers, clock } = setUp();
  answers.set('web.example', outOfReach);
  const { seen } = follow(bound('/$/inet/web.example/80'));
  await answered();
  answers.set('web.example', ['192.0.2.1']);
  clock.advance(5000);
  await answered();
  answers.set('web.example', outOfReach);
  clock.advance(5000);
  await answered();
  assert.deepEqual(seen, ['pending', 'neg', '192.0.2.1:80']);
});

test('fixedinet resolves once', async () => {
  const { bound, answers, asked, clock } = setUp();
  answers.set('web.example', ['192.0.2.1']);
  const { seen } = follow(bound('/$/fixedinet/web.example/80'));
  await answered();
  clock.advance(60_000);
  assert.deepEqual([seen, asked.length], [['pending', '192.0.2.1:80'], 1]);
});

test('names of one host share its look-ups, whatever the port and the way to write it', async () => {
  const { bound, answers, asked } = setUp();
  answers.set('web.example', ['192.0.2.1']);
  const all = ['/$/inet/web.example/80', '/$/inet/web.example/81', '/$/io.buoyant.rinet/82/web.example'].map((p) =>
    follow(bound(p)),
  );
  await answered();
  assert.deepEqual(
    all.map(({ seen }) => seen.at(-1)),
    ['192.0.2.1:80', '192.0.2.1:81', '192.0.2.1:82'],
  );
  assert.deepEqual(asked, ['web.example']);
});

test('as long as it is observed a name keeps its address activity', () => {
  const { bound } = setUp();
  const [first, second] = [bound('/$/inet/web.example/80'), bound('/$/inet/web.example/80')];
  const { close } = follow(first);
  const third = bound('/$/inet/web.example/80');
  assert.ok(typeof first !== 'string' && typeof second !== 'string' && typeof third !== 'string');
  assert.equal(third.addr, first.addr);
  close();
});

test('an answer that comes after the last observer left is not heard', async () => {
  const { bound, answers, clock, asked } = setUp();
  answers.set('web.example', ['192.0.2.1']);
  const { seen, close } = follow(bound('/$/inet/web.example/80'));
  close();
  await answered();
  clock.advance(10_000);
  assert.deepEqual([seen, asked], [['pending'], ['web.example']]);
});
