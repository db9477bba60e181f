import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flatMetrics } from '#core/telemetry/json.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { value } from '#test/helpers/http1-message.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { routerBed } from '#test/helpers/router-bed.ts';
import { answerWith, plain } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';

describe('a request through a router', () => {
  test('linkerd1: l5d-dst-service/client/residual: reaches the origin its name is bound to, with where it goes and its trace', async () => {
    await using bed = await routerBed({ dtab: '/svc => ORIGIN' });
    const response = await bed.get('web', 'X-A: 1\r\n');
    assert.equal(response.status, 200);
    assert.equal(value(response, 'l5d-success-class'), '1.0');
    const [request] = bed.origin.requests;
    assert.ok(request);
    const client = `/$/inet/127.0.0.1/${bed.origin.port}`;
    assert.deepEqual(
      ['x-a', 'via', 'l5d-dst-service', 'l5d-dst-client', 'l5d-dst-residual'].map((name) => value(request, name)),
      ['1', '1.1 linkerd', '/svc/web', client, '/web'],
    );
    assert.match(value(request, 'l5d-reqid') ?? '', /^[0-9a-f]{16}$/);
    assert.equal(Buffer.from(value(request, 'l5d-ctx-trace') ?? '', 'base64').length, 32);
    assert.deepEqual(bed.router.router.describe(), [{ path: '/svc/web', clients: [client] }]);
  });

  test('linkerd1: status code stats: counts once at server, service and client', async () => {
    await using bed = await routerBed({ dtab: '/svc => ORIGIN' });
    for (let i = 0; i < 3; i++) await bed.get('web');
    const client = `client/$/inet/127.0.0.1/${bed.origin.port}`;
    for (const scope of ['server/127.0.0.1/0', 'service/svc/web', client, `${client}/service/svc/web`]) {
      const of = (name: string) => bed.count(`${scope}/${name}`);
      assert.deepEqual([of('requests'), of('success'), of('failures'), of('pending')], [3, 3, 0, 0], scope);
    }
    assert.deepEqual([bed.count(`${client}/status/200`), bed.count('server/127.0.0.1/0/status/200')], [3, 3]);
    assert.deepEqual([bed.count(`${client}/connects`), bed.count(`${client}/connections`)], [1, 1]);
  });

  test('linkerd1: l5d-err, error bodies: whose name leads nowhere is told so, with the dtabs', async () => {
    await using bed = await routerBed({ dtab: '/svc/other => ORIGIN' });
    const response = await bed.get('web', 'l5d-dtab: /a => /b\r\n');
    assert.equal(response.status, 502);
    assert.match(response.body.toString(), /service name: \/svc\/web\n[\s\S]*\/svc\/other => [\s\S]*\/a => \/b\n/);
    assert.equal(bed.count('service/svc/web/failures'), 1);
  });

  test('to a status is answered in the process', async () => {
    await using bed = await routerBed({ dtab: '/svc => /$/io.buoyant.http.status/503' });
    assert.equal((await bed.get('web')).status, 503);
    assert.equal(bed.count('server/127.0.0.1/0/failures'), 1);
  });

  test('to an endpoint that is not there is told which', async () => {
    await using bed = await routerBed({ dtab: '/svc => /$/inet/127.0.0.1/1' });
    const response = await bed.get('web');
    assert.equal(response.status, 502);
    assert.match(response.body.toString(), /^Unable to establish connection to 127\.0\.0\.1:1\./);
    assert.equal(bed.count('client/$/inet/127.0.0.1/1/retries/requeues'), 4, 'the fifth failure marks it dead');
    assert.equal(bed.count('service/svc/web/failures'), 1);
  });

  test('that fails is made again where the service says so, and counts as what the caller saw', async () => {
    let served = 0;
    await using bed = await routerBed({
      dtab: '/svc => ORIGIN',
      more: { service: { responseClassifier: { kind: 'io.l5d.http.retryableRead5XX' } } },
      script: async (request, reply) => {
        await request.body();
        served += 1;
        await reply.send(plain(served < 3 ? 503 : 200, ''));
      },
    });
    assert.equal((await bed.get('web')).status, 200);
    const client = `client/$/inet/127.0.0.1/${bed.origin.port}`;
    assert.deepEqual([bed.count('service/svc/web/success'), bed.count('service/svc/web/retries/total')], [1, 2]);
    assert.deepEqual([bed.count(`${client}/requests`), bed.count(`${client}/failures`)], [3, 2]);
    assert.deepEqual([bed.count('server/127.0.0.1/0/requests'), bed.count('server/127.0.0.1/0/success')], [1, 1]);
  });

  test('that takes longer than its name may is answered for the origin', async () => {
    await using bed = await routerBed({
      dtab: '/svc => ORIGIN',
      more: { service: { totalTimeoutMs: 50 } },
      script: () => {},
    });
    const response = await bed.get('web');
    assert.equal(response.status, 503);
    assert.match(response.body.toString(), /^exceeded 50\.milliseconds to unspecified /);
    await eventually(() => (bed.origin.connections[0]?.open === false ? true : undefined), 'the attempt is given up');
  });
});

describe('an override', () => {
  test('sends one request elsewhere, and goes on to the next hop', async () => {
    await using bed = await routerBed({ dtab: '/svc => /$/io.buoyant.http.status/404' });
    assert.equal((await bed.get('web')).status, 404);
    const to = `/$/inet/127.0.0.1/${bed.origin.port}`;
    assert.equal((await bed.get('web', `l5d-dtab: /svc => ${to}\r\n`)).status, 200);
    const [request] = bed.origin.requests;
    assert.ok(request);
    assert.equal(value(request, 'l5d-ctx-dtab'), `/svc=>${to}`);
    assert.equal(value(request, 'l5d-dtab'), undefined);
  });

  test('that leaves the cache takes no counts of its name with it', async () => {
    await using bed = await routerBed({ dtab: '/svc => ORIGIN', more: { bindingCache: { paths: 2 } } });
    const overrides = ['', '/a => /1', '/a => /2', '/a => /3', ''];
    for (const dtab of overrides) await bed.get('web', dtab === '' ? '' : `l5d-dtab: ${dtab}\r\n`);
    assert.equal(bed.count('bindcache/path/evicts'), 3);
    assert.equal(bed.count('service/svc/web/requests'), overrides.length);
    assert.equal(bed.count('service/svc/web/pending'), 0);
  });
});

test('linkerd1: label containing slash: it is one scope, slash and all', async () => {
  const metrics = new Metrics();
  await using bed = await routerBed({ dtab: '/svc => ORIGIN', more: { label: '/http-consul' }, world: { metrics } });
  const response = await bed.get('web');
  assert.deepEqual([response.status, flatMetrics(metrics)['rt//http-consul/server/127.0.0.1/0/requests']], [200, 1]);
});

test('linkerd1: originator: a gauge says it', async () => {
  for (const originator of [true, false]) {
    await using bed = await routerBed({ dtab: '', more: { originator } });
    assert.equal(bed.count('originator'), originator ? 1 : 0);
  }
});

test('draining ends what is in flight, closing ends every connection', async () => {
  await using bed = await routerBed({ dtab: '/svc => ORIGIN', script: answerWith(100, plain(200, 'late')) });
  using client = await RawClient.connect(bed.port);
  await client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
  await eventually(() => (bed.origin.requests.length === 1 ? true : undefined), 'the request is there');
  await Promise.all([
    bed.router.drain(),
    client.response().then((response) => {
      assert.equal(value(response, 'connection'), 'close');
      client.close();
    }),
  ]);
  bed.router.close();
  await eventually(() => (bed.origin.connections.every((c) => !c.open) ? true : undefined), 'all are closed');
});
