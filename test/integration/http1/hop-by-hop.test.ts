import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { value, values } from '#test/helpers/http1-message.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { exchange } from '#test/helpers/raw-client.ts';
import { answerWith, plain, type ReceivedRequest, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { hostOf, request, startRouter } from './fixture.ts';

let linker: Linker;
let origin: ScriptedOrigin;
before(async () => {
  [linker, origin] = await Promise.all([startRouter(), ScriptedOrigin.start()]);
});
after(async () => {
  await linker.close();
  await origin.close();
});

/** What the origin gets of a request with these lines. */
async function forwarded(lines: string, line = 'GET /'): Promise<ReceivedRequest> {
  await exchange(linker.port, request(line, origin, lines));
  return origin.requests.at(-1) ?? assert.fail('nothing arrived');
}

/** What the caller gets of a response with these lines. */
async function returned(lines: string) {
  await using other = await ScriptedOrigin.start(answerWith(plain(200, 'ok', lines)));
  return await exchange(linker.port, request('GET /', other));
}

const hopByHop = [
  'Proxy-Authenticate: Basic',
  'Proxy-Authorization: Basic x',
  'TE: trailers',
  'Trailer: X-Sum',
  'Upgrade: h2c',
];

for (const line of hopByHop) {
  const name = line.slice(0, line.indexOf(':'));
  test(`${name} of a request ends here`, async () => {
    assert.deepEqual(values(await forwarded(`${line}\r\n`), name), []);
  });
}

test('headers named in Connection end here, in requests and responses', async () => {
  const lines = 'X-Hop: 1\r\nConnection: x-hop, X-OTHER\r\nx-other: 2\r\nX-End: 3\r\n';
  const request = await forwarded(lines);
  const response = await returned(lines);
  for (const message of [request, response]) {
    assert.deepEqual(
      ['connection', 'x-hop', 'x-other', 'x-end'].map((name) => values(message, name).length),
      [0, 0, 0, 1],
    );
  }
});

test('several Connection headers count together', async () => {
  const request = await forwarded('X-A: 1\r\nX-B: 2\r\nConnection: x-a\r\nConnection: keep-alive, x-b\r\n');
  assert.deepEqual([values(request, 'x-a'), values(request, 'x-b'), values(request, 'connection')], [[], [], []]);
});

test('Connection cannot take away what others rely on', async () => {
  const received = await forwarded(
    'Connection: host, via, content-length, l5d-dst-service, cache-control\r\nCache-Control: no-store\r\nContent-Length: 0\r\n',
    'POST /',
  );
  assert.equal(value(received, 'host'), hostOf(origin));
  assert.ok(value(received, 'via'));
  assert.ok(value(received, 'l5d-dst-service'));
  assert.equal(value(received, 'cache-control'), 'no-store');
});

test('every other header passes as it came: order, case, repetition, blanks inside', async () => {
  const received = await forwarded(
    'X-one: 1\r\nx-TWO:2\r\nX-ONE:  a  b\t c \r\nCookie: a=1\r\nCookie: b=2\r\nX-Empty:\r\nX-Latin: caf\xe9\r\n',
  );
  const passed = received.headers.filter(([name]) => /^(x-|cookie)/i.test(name));
  assert.deepEqual(passed, [
    ['X-one', '1'],
    ['x-TWO', '2'],
    ['X-ONE', 'a  b\t c'],
    ['Cookie', 'a=1'],
    ['Cookie', 'b=2'],
    ['X-Empty', ''],
    ['X-Latin', 'caf\xe9'],
  ]);
});

test('headers of a response pass as they came, with the reason phrase', async () => {
  await using other = await ScriptedOrigin.start(
    answerWith(
      'HTTP/1.1 299 Odd But Fine\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 0\r\nX-Latin: caf\xe9\r\n\r\n',
    ),
  );
  const response = await exchange(linker.port, request('GET /', other));
  assert.equal(response.reason, 'Odd But Fine');
  assert.deepEqual(
    response.headers.filter(([name]) => /^(set-cookie|x-)/i.test(name)),
    [
      ['Set-Cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['X-Latin', 'caf\xe9'],
    ],
  );
});

test('linkerd1: Via, hop-by-hop stripping: Via names every proxy on the way, in both directions', async () => {
  assert.equal(
    value(await forwarded('Via: 1.0 fred\r\nVia: 1.1 p.example\r\n'), 'via'),
    '1.0 fred, 1.1 p.example, 1.1 linkerd',
  );
  assert.equal(value(await returned('Via: 1.1 inner\r\n'), 'via'), '1.1 inner, 1.1 linkerd');
  assert.equal(value(await returned(''), 'via'), '1.1 linkerd');
});

test('a method nobody knows passes, in its own case', async () => {
  assert.equal((await forwarded('', 'PurgeIt /x')).method, 'PurgeIt');
});
