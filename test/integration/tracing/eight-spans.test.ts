import assert from 'node:assert/strict';
import { test } from 'node:test';
import { value } from '#test/helpers/http1-message.ts';
import { Linker } from '#test/helpers/linker.ts';
import { exchange } from '#test/helpers/raw-client.ts';
import { answerWith, plain, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { eventually } from '#test/helpers/within.ts';
import { ZipkinCollector, type ZipkinSpan } from '#test/helpers/zipkin-collector.ts';

/** A linker with an outgoing and an incoming router, linker to linker, as one on every node has them. */
function startLinker(url: string, sampleRate: number, more = ''): Promise<Linker> {
  return Linker.start({
    ports: 2,
    config: ({ dir, ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
namers: [ { kind: io.l5d.fs, rootDir: ${dir}/disco } ]
telemetry:
- { kind: io.l5d.zipkin, url: "${url}", sampleRate: ${sampleRate} }
- { kind: io.l5d.recentRequests, sampleRate: 1.0 }
routers:
- protocol: http
  label: outgoing
  dtab: /svc => /$/inet/127.0.0.1/${ports[1]}
  servers: [ { ip: 127.0.0.1, port: ${ports[0]} } ]
${more}
- protocol: http
  label: incoming
  dtab: /svc => /#/io.l5d.fs
  servers: [ { ip: 127.0.0.1, port: ${ports[1]} } ]
${more}
`,
  });
}

/** hello asks world, through the linker, with the headers that its own request came with. */
async function helloWorld(linker: Linker, copied: readonly string[]) {
  const world = await ScriptedOrigin.start(answerWith(plain(200, 'world')));
  const hello = await ScriptedOrigin.start(async (request, reply) => {
    await request.body();
    const lines = copied.map((name) => `${name}: ${value(request, name)}\r\n`).join('');
    const answer = await exchange(linker.port, `GET /w HTTP/1.1\r\nHost: world\r\n${lines}\r\n`);
    await reply.send(plain(200, `hello ${answer.body}`));
  });
  linker.endpoints('hello', [hello.port]);
  linker.endpoints('world', [world.port]);
  return {
    world,
    async [Symbol.asyncDispose]() {
      await hello.close();
      await world.close();
    },
  };
}

/** The spans from the outermost one inwards, each the parent of the next. */
function chain(spans: readonly ZipkinSpan[]): ZipkinSpan[] {
  const ids = new Set(spans.map(({ id }) => id));
  const byParent = new Map(spans.map((span) => [span.parentId, span]));
  const line: ZipkinSpan[] = [];
  let next = spans.find(({ parentId }) => parentId === undefined || !ids.has(parentId));
  for (; next !== undefined; next = byParent.get(next.id)) line.push(next);
  return line;
}

const eight = ['outgoing', 'outgoing', 'incoming', 'incoming', 'outgoing', 'outgoing', 'incoming', 'incoming'];

for (const [how, more, copied] of [
  ['as Linkerd does', '', ['l5d-ctx-trace']],
  ['by B3', '  tracePropagator: { kind: io.l5d.zipkin }', ['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled']],
  ['by W3C trace context', '  tracePropagator: { kind: io.heddle.w3c }', ['traceparent']],
] as const) {
  test(`linkerd1: zipkin scribe: a request between two services leaves eight spans in one line, propagated ${how}`, async () => {
    await using collector = await ZipkinCollector.start();
    await using linker = await startLinker(collector.url, 1, more);
    await using _ = await helloWorld(linker, copied);
    const answer = await exchange(linker.port, 'GET /h?x=1 HTTP/1.1\r\nHost: hello\r\n\r\n');
    assert.equal(String(answer.body), 'hello world');
    await eventually(() => collector.spans.length >= 8 || undefined, 'eight spans have come', 10_000);
    assert.deepEqual([collector.spans.length, collector.faults], [8, []]);
    const line = chain(collector.spans);
    assert.deepEqual(
      line.map(({ tags }) => tags['router.label']),
      eight,
      'each the parent of the next',
    );
    assert.deepEqual(
      line.map(({ kind }) => kind),
      eight.map((_, i) => (i % 2 === 0 ? 'SERVER' : 'CLIENT')),
    );
    assert.equal(new Set(line.map(({ traceId }) => traceId)).size, 1);
    assert.equal(line[0]?.parentId, undefined);
    assert.deepEqual(
      line.map(({ name }) => name),
      [
        'outgoing /svc/hello',
        'GET /h',
        'incoming /svc/hello',
        'GET /h',
        'outgoing /svc/world',
        'GET /w',
        'incoming /svc/world',
        'GET /w',
      ],
    );
    for (const { tags, timestamp, duration } of line) {
      assert.deepEqual([tags['http.rsp.status'], tags['l5d.success']], ['200', '1.0']);
      assert.ok(
        timestamp + duration <= (line[0]?.timestamp ?? 0) + (line[0]?.duration ?? 0) + 5000,
        'within the first',
      );
    }
    const page = await (await fetch(`http://127.0.0.1:${linker.admin}/requests`)).text();
    assert.equal(page.match(/<tr><td>/g)?.length, 4, 'the last four requests are on a page');
  });
}

test('linkerd1: l5d-sample, l5d-reqid: a request says itself whether it is sampled', async () => {
  await using collector = await ZipkinCollector.start();
  await using linker = await startLinker(collector.url, 0);
  await using town = await helloWorld(linker, ['l5d-ctx-trace']);
  const get = (lines = '') => exchange(linker.port, `GET / HTTP/1.1\r\nHost: world\r\n${lines}\r\n`);
  await get();
  await get('l5d-sample: 1.0\r\n');
  await eventually(() => collector.spans.length >= 4 || undefined, 'its spans have come', 10_000);
  const [, sampled] = town.world.requests;
  assert.ok(sampled);
  assert.equal(value(sampled, 'l5d-sample'), undefined);
  assert.deepEqual(new Set(collector.spans.map(({ traceId }) => traceId)), new Set([value(sampled, 'l5d-reqid')]));
});

test('a collector that is not there hurts no request', async () => {
  await using linker = await startLinker('http://127.0.0.1:1/api/v2/spans', 1);
  await using _ = await helloWorld(linker, ['l5d-ctx-trace']);
  for (let i = 0; i < 5; i++)
    assert.equal((await exchange(linker.port, 'GET / HTTP/1.1\r\nHost: world\r\n\r\n')).status, 200);
  const failed = async () => ((await linker.metrics())['zipkin/failures'] ?? 0) > 0 || undefined;
  await eventually(failed, 'it is counted', 10_000);
});
