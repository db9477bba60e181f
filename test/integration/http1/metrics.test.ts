import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '#test/helpers/free-port.ts';
import { exchange, RawClient } from '#test/helpers/raw-client.ts';
import { plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { hostOf, request, startRouter } from './fixture.ts';

test('counters equal what clients counted, to the request', async () => {
  await using linker = await startRouter();
  await using origin = await ScriptedOrigin.start(async (r, reply) => {
    await r.body();
    await reply.send(plain(Number(r.target.slice(1)), 'x'.repeat(r.connection * 100)));
  });
  const dead = await freePort();
  const statuses = [200, 200, 200, 201, 404, 500, 503, 200];
  const counted = new Map<number, number>();
  let total = 0;
  const count = (status: number) => {
    counted.set(status, (counted.get(status) ?? 0) + 1);
    total++;
  };
  // Eight callers at once, keep-alive, pipelined and one by one, good answers and bad ones.
  await Promise.all(
    Array.from({ length: 8 }, async (_, caller) => {
      using client = await RawClient.connect(linker.port);
      for (let round = 0; round < 25; round++) {
        const wanted = statuses.map((_, i) => statuses[(i * (caller + 1) + round) % statuses.length] ?? 200);
        await client.send(
          wanted
            .map((status, i) => request(`POST /${status}`, origin, `Content-Length: ${i}\r\n`, 'y'.repeat(i)))
            .join(''),
        );
        for (let i = 0; i < wanted.length; i++) count((await client.response()).status);
      }
    }),
  );
  for (let i = 0; i < 7; i++) count((await exchange(linker.port, request('GET /', `127.0.0.1:${dead}`))).status);
  for (let i = 0; i < 5; i++) count((await exchange(linker.port, request('GET /', 'nowhere.invalid'))).status);
  // Not requests: refused before they were any.
  for (let i = 0; i < 3; i++) assert.equal((await exchange(linker.port, 'NONSENSE\r\n\r\n', 'GET')).status, 400);

  const server = `rt/web/server/127.0.0.1/${linker.port}`;
  const metrics = await eventually(async () => {
    const now = await linker.metrics();
    return now[`${server}/requests`] === total ? now : undefined;
  }, `${total} requests are counted`);
  const failed = [...counted].reduce((sum, [status, n]) => (status >= 500 ? sum + n : sum), 0);
  assert.equal(metrics[`${server}/success`], total - failed);
  assert.equal(metrics[`${server}/failures`], failed);
  for (const [status, n] of counted) assert.equal(metrics[`${server}/status/${status}`], n, `status ${status}`);

  const reached = origin.requests.length;
  assert.equal(reached, 8 * 25 * 8);
  const host = hostOf(origin);
  const failedThere = origin.requests.filter((r) => r.target >= '/500').length;
  for (const scope of [`rt/web/service/svc/${host}`, `rt/web/client/$/inet/${host.replace(':', '/')}`]) {
    assert.equal(metrics[`${scope}/requests`], reached);
    assert.equal(metrics[`${scope}/success`], reached - failedThere);
    assert.equal(metrics[`${scope}/failures`], failedThere);
  }
  assert.equal(metrics[`rt/web/client/$/inet/${host.replace(':', '/')}/connects`], origin.connections.length);
  assert.equal(metrics[`rt/web/service/svc/127.0.0.1:${dead}/failures`], 7);
  assert.equal(metrics[`${server}/pending`], 0);
});

test('Prometheus text and JSON tell the same totals', async () => {
  await using linker = await startRouter();
  await using origin = await ScriptedOrigin.start();
  for (let i = 0; i < 11; i++) await exchange(linker.port, request('GET /', origin));
  const line = `rt:server:requests{rt="web", server="127.0.0.1/${linker.port}"} 11`;
  const text = await eventually(async () => {
    const now = await (await fetch(`http://127.0.0.1:${linker.admin}/admin/metrics/prometheus`)).text();
    return now.includes(line) ? now : undefined;
  }, line);
  assert.ok(text.includes(`rt:client:success{rt="web", client="$/inet/127.0.0.1/${origin.port}"} 11`), text);
});

test('connections are counted as they open and close', async () => {
  await using linker = await startRouter();
  await using origin = await ScriptedOrigin.start();
  const server = `rt/web/server/127.0.0.1/${linker.port}`;
  const at = async (name: string) => (await linker.metrics())[`${server}/${name}`] ?? 0;
  const before = await at('connects');
  const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.connect(linker.port)));
  for (const client of clients) await client.send(request('GET /', origin));
  for (const client of clients) await client.response();
  assert.equal((await at('connects')) - before, 4);
  await eventually(async () => ((await at('connections')) === 4 ? true : undefined), 'four connections are open');
  for (const client of clients) client.close();
  await eventually(async () => ((await at('connections')) === 0 ? true : undefined), 'no connection is open');
});
