import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#core/clock.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { recordingLog } from '#test/helpers/recording-log.ts';
import { loadLinkerConfig } from './config.ts';
import { DataPath } from './data-path.ts';

test('linkerd1: several routers / several servers per router: it opens the ports of all its routers, and drains them', async () => {
  const text = `routers:
- { protocol: http, servers: [ { port: 0 }, { port: 0, ip: 127.0.0.2 } ] }
- { protocol: tcp, servers: [ { port: 0, ip: 127.0.0.3, dst: /svc/db } ] }
`;
  const world = { clock: systemClock, random: Math.random, env: {}, log: recordingLog(), metrics: new Metrics() };
  const path = new DataPath(loadLinkerConfig(text, 'linker.yaml').value, world);
  await path.listen();
  assert.deepEqual(
    path.ports.map((ports) => ports.length),
    [2, 1],
  );
  const port = path.ports[0]?.[0] ?? 0;
  const client = await RawClient.connect(port);
  assert.equal(await path.drain(2000), true);
  assert.equal(await client.closed, 'fin');
  await assert.rejects(RawClient.connect(port));
  path.close();
});

test('what does not end in time is not waited for', async () => {
  const text = 'routers: [ { protocol: http, dtab: /svc => /$/inet/192.0.2.1/1, servers: [ { port: 0 } ] } ]';
  const world = { clock: systemClock, random: Math.random, env: {}, log: recordingLog(), metrics: new Metrics() };
  const path = new DataPath(loadLinkerConfig(text, 'linker.yaml').value, world);
  await path.listen();
  const client = await RawClient.connect(path.ports[0]?.[0] ?? 0);
  await client.send('POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 10\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(await path.drain(100), false);
  path.close();
  client.close();
});
