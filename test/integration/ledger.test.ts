import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { test } from 'node:test';
import { eventually } from '#test/helpers/within.ts';
import { startRouter } from './http1/fixture.ts';
import { ClientLedger, OriginLedger, wishingOrigin, wishOf } from './ledger.ts';

// What the linker counts against what was counted at its two ends, to the request.

const REQUESTS = 100_000;
const CALLERS = 32;

const keys = `  service:
    totalTimeoutMs: 2000
    responseClassifier: { kind: io.l5d.http.retryableRead5XX }
  client: { failureAccrual: { kind: none } }
`;

/** One request, to its end, whichever it is. */
function ask(agent: Agent, port: number, host: string, number: number, ledger: ClientLedger): Promise<void> {
  const wish = wishOf(number);
  ledger.requests += 1;
  return new Promise((resolve) => {
    let status = 0;
    const request = get({ agent, port, host: '127.0.0.1', path: `/${wish}/${number}`, headers: { host } }, (answer) => {
      status = answer.statusCode ?? 0;
      ledger.answered(status);
      answer.resume();
      answer.on('error', () => {
        ledger.cut += 1;
      });
      answer.once('close', resolve);
    });
    request.on('error', () => {
      if (status > 0) return;
      ledger.abandoned += 1;
      resolve();
    });
    if (wish === 'abandon') setTimeout(() => request.destroy(), 500);
  });
}

test('metrics equal the ledgers of callers and origin over a hundred thousand requests, well and ill', async (t) => {
  await using linker = await startRouter(keys);
  const origin = new OriginLedger();
  const client = new ClientLedger();
  const server = await wishingOrigin(origin);
  const host = `127.0.0.1:${server.port}`;
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  try {
    let next = 0;
    const caller = async (): Promise<void> => {
      while (next < REQUESTS) await ask(agent, linker.port, host, next++, client);
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    agent.destroy();

    const scope = {
      server: `rt/web/server/127.0.0.1/${linker.port}`,
      service: `rt/web/service/svc/${host}`,
      client: `rt/web/client/$/inet/127.0.0.1/${server.port}`,
    };
    const metrics = await eventually(
      async () => {
        const now = await linker.metrics();
        return now[`${scope.server}/requests`] === REQUESTS && now[`${scope.server}/connections`] === 0
          ? now
          : undefined;
      },
      'all requests are counted, all connections closed',
      10_000,
    );
    const of = (name: string): number => metrics[name] ?? 0;
    const counted = Object.fromEntries(
      [...client.statuses.keys()].map((status) => [status, of(`${scope.server}/status/${status}`)]),
    );
    t.diagnostic(
      JSON.stringify({ ...client, statuses: [...client.statuses], attempts: origin.attempts, again: origin.again }),
    );

    assert.equal(client.requests, REQUESTS);
    const gone = client.abandoned; // in the statuses as 502, as Linkerd has them
    const seen = Object.fromEntries([...client.statuses].map(([code, n]) => [code, code === 502 ? n + gone : n]));
    assert.deepEqual(counted, seen, 'statuses');
    // An answer is judged by its head, as Linkerd does: one that breaks off later was a success when it was counted.
    const failed = client.ofClass(5) + gone;
    for (const where of [scope.server, scope.service]) {
      assert.equal(of(`${where}/requests`), REQUESTS, where);
      assert.equal(of(`${where}/failures`), failed, where);
      assert.equal(of(`${where}/success`), REQUESTS - failed, where);
      assert.equal(of(`${where}/pending`), 0, where);
    }
    assert.equal(of(`${scope.client}/requests`), origin.attempts, 'attempts');
    assert.equal(of(`${scope.client}/failures`) + of(`${scope.client}/success`), origin.attempts);
    const again = of(`${scope.service}/retries/total`) + of(`${scope.client}/retries/requeues`);
    assert.equal(again, origin.again, 'attempts beyond the first');
    assert.equal(of(`${scope.client}/connects`), origin.connections, 'connections');
    const open = of(`${scope.client}/connections`);
    assert.equal(of(`${scope.client}/closes`), origin.connections - open);
    assert.equal(of(`${scope.server}/closes`), of(`${scope.server}/connects`));
    for (const wanted of [200, 404, 500, 502, 503]) assert.ok((client.statuses.get(wanted) ?? 0) > 0, `${wanted} came`);
    assert.ok(gone > 0 && client.cut > 0 && origin.again > 0);
  } finally {
    agent.destroy();
    server.close();
  }
});
