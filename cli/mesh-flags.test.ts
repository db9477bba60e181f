import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { meshOptions } from '#webhook/mesh-options.ts';
import { addMeshFlags, givenMeshFlags } from './mesh-flags.ts';

const parsed = (...argv: readonly string[]): Command =>
  addMeshFlags(new Command().option('--other <x>')).exitOverride().parse(argv, { from: 'user' });

test('every option of a mesh has its flag, and the other way round', () => {
  const flags = new Set(addMeshFlags(new Command()).options.map((option) => option.attributeName()));
  assert.deepEqual([...flags].sort(), Object.keys(meshOptions.shape).sort());
});

test('what was given is handed on as it was, the rest is not', () => {
  const given = [
    '--default-mode=node',
    '--no-native-sidecar',
    '--direct-hosts=a,b',
    '--tls-secret=',
    '--upper-case-env',
  ];
  assert.deepEqual(givenMeshFlags(parsed('--other', 'x', ...given)).sort(), [...given].sort());
  assert.deepEqual(givenMeshFlags(parsed()), []);
});

test('handed on, they say the same', () => {
  const first = parsed('--image=a:1', '--node-address', 'host-port', '--no-native-sidecar');
  assert.deepEqual(meshOptions.parse(parsed(...givenMeshFlags(first)).opts()), meshOptions.parse(first.opts()));
});
