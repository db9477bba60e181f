import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aSpan } from '#test/helpers/a-span.ts';
import { telemeter } from '#test/helpers/telemeter.ts';
import { childTrace } from '../telemetry/trace.ts';

test('linkerd1: recentRequests shows the last requests as a page, with links to the delegator', (t) => {
  const { made } = telemeter(t, { kind: 'io.l5d.recentRequests', sampleRate: 1 });
  const server = aSpan({ tags: { 'router.label': 'my router', service: '/svc/<web>' } });
  assert.equal(made.tracer?.wants(server.id), true);
  made.tracer?.record(aSpan({ kind: 'CLIENT', id: childTrace(server.id, Math.random), tags: { client: '/#/web' } }));
  made.tracer?.record(server);
  assert.equal(made.page?.path, '/requests');
  const { body = '' } = made.page?.show([['/else', 'else']]) ?? {};
  assert.match(body, /<a href="\/else">else<\/a>/);
  assert.match(body, /<a href="\/delegator\?router=my%20router#%2Fsvc%2F%3Cweb%3E">\/svc\/&#60;web&#62;<\/a>/);
  assert.match(body, /2023-11-14T22:13:20\.000Z/);
});

test('of no share it wants nothing, and a share has to be given', (t) => {
  assert.equal(telemeter(t, { kind: 'io.l5d.recentRequests', sampleRate: 0 }).made.tracer?.wants(aSpan().id), false);
  assert.throws(() => telemeter(t, { kind: 'io.l5d.recentRequests' }), /sampleRate must be between/);
});
