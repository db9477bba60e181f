import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from './metrics.ts';
import { packets, StatsdReport } from './statsd.ts';

const report = (metrics: Metrics, rate = 1, random = () => 0.5) =>
  new StatsdReport(metrics, { prefix: 'pfx', rate, random });

test('counters tell what was added since, gauges what they are; names are joined by dots', () => {
  const metrics = new Metrics();
  const counter = metrics.counter('rt', 'sd', 'client', '#/io.l5d.fs/web', 'requests');
  metrics.gauge(['rt', 'sd', 'server', '127.0.0.1/4140', 'open'], () => 2);
  metrics.gauge(['nan'], () => Number.NaN);
  const statsd = report(metrics);
  counter.add(3);
  assert.deepEqual(statsd.lines(), [
    'pfx.rt.sd.client._.io_l5d_fs.web.requests:3|c|@1.000000',
    'pfx.rt.sd.server.127_0_0_1.4140.open:2|g',
  ]);
  counter.add(1);
  assert.equal(statsd.lines()[0], 'pfx.rt.sd.client._.io_l5d_fs.web.requests:1|c|@1.000000');
  assert.equal(statsd.lines().length, 1, 'nothing was added');
});

test('every value of a distribution is sent once, whatever its window forgets', () => {
  const metrics = new Metrics();
  const stat = metrics.stat('ms');
  const statsd = report(metrics);
  for (const value of [5, 5, 7]) stat.add(value);
  const line = (value: number) => `pfx.ms:${value}|ms|@1.000000`;
  assert.deepEqual(statsd.lines(), [line(5), line(5), line(7)]);
  stat.add(5);
  for (let i = 0; i < 3; i++) stat.histogram.roll();
  assert.deepEqual(statsd.lines(), [line(5)]);
  assert.deepEqual(statsd.lines(), []);
});

test('with a rate a share of the values is sent, and says so', () => {
  const metrics = new Metrics();
  const stat = metrics.stat('ms');
  for (let i = 0; i < 101; i++) stat.add(5);
  const sent = (random: number) => report(metrics, 0.05, () => random).lines();
  assert.deepEqual([sent(0.9).length, sent(0.01).length], [5, 6], '5.05 on average');
  assert.equal(sent(0.9)[0], 'pfx.ms:5|ms|@0.050000');
});

test('a report has no end of values, but an end', () => {
  const metrics = new Metrics();
  for (let i = 0; i < 20_000; i++) metrics.stat('ms').add(5);
  assert.equal(report(metrics).lines().length, 10_000);
});

test('lines are packed as far as a packet goes', () => {
  assert.deepEqual(packets(['aaa', 'bb', 'c', 'dddd'], 6), ['aaa\nbb', 'c\ndddd']);
  assert.deepEqual(packets(['longer than it'], 3), ['longer than it']);
  assert.deepEqual(packets([], 3), []);
});
