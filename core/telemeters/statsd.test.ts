import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { telemeter } from '#test/helpers/telemeter.ts';
import { eventually } from '#test/helpers/within.ts';
import { systemClock } from '../clock.ts';

const section = { kind: 'io.l5d.statsd', experimental: true, prefix: 'pfx', gaugeIntervalMs: 20, sampleRate: 1 };

test('linkerd1: influxdb, statsd, tracelog: statsd gets packets, again and again', async (t) => {
  const statsd = createSocket('udp4');
  t.after(() => statsd.close());
  let heard = '';
  statsd.on('message', (bytes) => {
    heard += `${bytes}\n`;
  });
  statsd.bind(0, '127.0.0.1');
  await once(statsd, 'listening');
  const { metrics } = telemeter(t, { ...section, port: statsd.address().port }, systemClock);
  metrics.counter('requests').add(2);
  metrics.gauge(['open'], () => 1);
  metrics.stat('ms').add(3);
  await eventually(() => heard.split('pfx.open:1|g').length > 2 || undefined, 'two reports have come');
  assert.match(heard, /^pfx\.requests:2\|c\|@1\.000000\npfx\.open:1\|g\npfx\.ms:3\|ms\|@1\.000000\n/);
});

test('a host that does not exist is told once in a while', async (t) => {
  const { log, metrics } = telemeter(t, { ...section, hostname: 'statsd.invalid' }, systemClock);
  metrics.gauge(['open'], () => 1);
  await eventually(() => log.lines.length > 0 || undefined, 'it is told');
  assert.equal(log.lines[0]?.event, 'metrics cannot be sent to statsd');
});

test('it is experimental, as in Linkerd', (t) => {
  assert.throws(() => telemeter(t, { kind: 'io.l5d.statsd' }), /experimental/);
});
