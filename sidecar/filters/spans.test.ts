import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '#core/clock.ts';
import type { Span } from '#core/telemetry/span.ts';
import { childTrace, rootTrace } from '#core/telemetry/trace.ts';
import type { Tracer } from '#core/telemetry/tracer.ts';
import { answer, call, Desk } from '#test/helpers/exchanges.ts';
import type { Share } from '../router/choice.ts';
import { compose } from '../router/service.ts';
import { clientSpan, serverSpan } from './spans.ts';

const options = { protocol: 'http', router: 'out', server: '0.0.0.0/4140', dtab: '/svc=>/#/web' } as const;
const share: Share = {
  upTo: 1,
  client: '/#/web',
  service: { send() {} },
  lines: '',
  residual: '/rest',
  stats: { begin() {}, skip() {}, end() {} },
  unroutable: () => '',
};

function traced(wanted = true) {
  const spans: Span[] = [];
  const tracer: Tracer = { samples: () => true, wants: () => wanted, record: (span) => void spans.push(span) };
  const clock = new ManualClock();
  const desk = new Desk();
  const { x } = call({ clock, uri: '/a?q=1', lines: 'Content-Type: text/css\r\n' });
  x.trace = rootTrace(Math.random);
  x.span = childTrace(x.trace, Math.random);
  x.path = '/svc/web';
  x.share = share;
  const send = () => compose([serverSpan(tracer, options), clientSpan(tracer, 'http', 'out')], desk).send(x);
  return { spans, clock, desk, x, send };
}

test('an answered request leaves the span of the attempt and its own, with what Linkerd tags them', () => {
  const { spans, clock, desk, x, send } = traced();
  send();
  clock.advance(5);
  answer(desk.last, 200, (head) => {
    head.lines = 'Content-Type: text/html\r\n';
  });
  const [client, server] = spans;
  const seen = {
    'http.uri': '/a?q=1',
    'http.req.method': 'GET',
    'http.req.host': 'web',
    'http.req.version': 'HTTP/1.1',
    'http.req.content-length': '0',
    'http.req.content-type': 'text/css',
    'http.rsp.status': '200',
    'http.rsp.version': 'HTTP/1.1',
    'http.rsp.content-length': '0',
    'http.rsp.content-type': 'text/html',
    'l5d.success': '1.0',
  };
  const named = { 'router.label': 'out', service: '/svc/web', client: '/#/web' };
  assert.deepEqual(client?.tags, { ...named, residual: '/rest', ...seen });
  assert.deepEqual(server?.tags, { ...named, 'dtab.base': '/svc=>/#/web', ...seen });
  assert.deepEqual([client?.kind, client?.name, client?.service], ['CLIENT', 'GET /a', '#/web']);
  assert.deepEqual([server?.kind, server?.name, server?.service], ['SERVER', 'out /svc/web', '0.0.0.0/4140']);
  assert.deepEqual([server?.startedUs, server?.durationUs], [1_700_000_000_000_000, 5000]);
  assert.deepEqual([server?.local, server?.remote], [x.downstream.caller.local, x.downstream.caller.end]);
  assert.deepEqual([client?.id, server?.id], [x.span, x.trace]);
});

test('a failure says what gave up, and what it said', () => {
  const { spans, desk, send } = traced();
  send();
  desk.last.refuse('unbound', 'no such name');
  const { 'io.buoyant.router.Failure': failure, error, 'l5d.success': success } = spans[1]?.tags ?? {};
  assert.deepEqual([failure, error, success], ['ClientAcquisition', 'no such name', '0.0']);
  assert.equal(spans[1]?.tags['http.rsp.status'], undefined);
});

test('of HTTP/2 the authority and the status have names of their own', () => {
  const { x } = traced();
  const spans: Span[] = [];
  const tracer: Tracer = { samples: () => true, wants: () => true, record: (span) => void spans.push(span) };
  compose([serverSpan(tracer, { ...options, protocol: 'h2' })], { send: (x) => answer(x) }).send(x);
  assert.deepEqual([spans[0]?.tags['h2.req.authority'], spans[0]?.tags['h2.rsp.status']], ['web', '200']);
});

test('what nobody wants is not made', () => {
  const { spans, desk, send } = traced(false);
  send();
  answer(desk.last);
  assert.deepEqual(spans, []);
});
