import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromLinkerdFlags } from './linkerd-flags.ts';

test("Linkerd's flags become ours", () => {
  assert.deepEqual(fromLinkerdFlags(['linker', '-validate', '-log.level=DEBUG', 'a.yaml']), [
    'linker',
    '--validate',
    '--log-level=DEBUG',
    'a.yaml',
  ]);
  assert.deepEqual(fromLinkerdFlags(['namerd', '-log.level', 'INFO', 'a.yaml']), [
    'namerd',
    '--log-level',
    'INFO',
    'a.yaml',
  ]);
  assert.deepEqual(fromLinkerdFlags(['linker', '-help']), ['linker', '--help']);
});

test('flags of the libraries below Linkerd are dropped', () => {
  const words = [
    'linker',
    '-com.twitter.finagle.tracing.debugTrace=true',
    '-io.buoyant.telemetry.x=1.minute',
    'a.yaml',
  ];
  assert.deepEqual(fromLinkerdFlags(words), ['linker', 'a.yaml']);
});

test('standard input, our own flags, and what stands behind -- stay as they are', () => {
  for (const words of [
    ['linker', '-'],
    ['linker', '--', '-'],
    ['linker', '--', '-validate'],
    ['linker', '--validate', '-h'],
  ]) {
    assert.deepEqual(fromLinkerdFlags(words), words);
  }
});

test('linkerd1: container entry takes config path as args: without a command they are for the linker', () => {
  for (const words of [['/io.buoyant/linkerd/config/config.yaml'], ['./c'], ['c.yml'], ['c.json'], ['-']])
    assert.deepEqual(fromLinkerdFlags(words), ['linker', ...words]);
  assert.deepEqual(fromLinkerdFlags(['-log.level=DEBUG', '-com.twitter.x=1', '/c']), [
    'linker',
    '--log-level=DEBUG',
    '/c',
  ]);
  for (const words of [['--help'], ['-h'], ['version'], ['nope']]) assert.deepEqual(fromLinkerdFlags(words), words);
});

test('other commands have no such flags', () => {
  assert.deepEqual(fromLinkerdFlags(['inject', '-validate']), ['inject', '-validate']);
  assert.deepEqual(fromLinkerdFlags([]), []);
});
