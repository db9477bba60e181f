import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkers } from '#test/inject/scene.ts';
import { linkerConfigFor, maxLinkerConfigBytes, readLinkerConfig } from './linker-config.ts';

const routers = 'routers:\n- {label: outgoing, servers: [{port: 1}]}\n- {label: incoming, servers: [{port: 2}]}\n';

test('ports are read from the routers labelled outgoing and incoming, and from admin', () => {
  const { outgoingPort, incomingPort, adminPort } = readLinkerConfig('x', `admin: {port: 3}\n${routers}`);
  assert.deepEqual([outgoingPort, incomingPort, adminPort], [1, 2, 3]);
  assert.equal(readLinkerConfig('x', routers).adminPort, 9990);
});

test('comments and indentation do not travel, what they stand beside does', () => {
  const dtab = 'dtab: |\n    # c\n    /a => /b;\n    /c => /d;\n';
  const { text } = readLinkerConfig('x', `# a\n${dtab}  # b\n${routers.replaceAll('- {', '    - { ')}`);
  assert.equal(text, `dtab: |\n  /a => /b;\n  /c => /d;\n${routers}`);
});

test('the hash tells texts apart, not comments', () => {
  const hash = (text: string): string => readLinkerConfig('x', text).hash;
  assert.equal(hash(routers), hash(`# note\n${routers}`));
  assert.notEqual(hash(routers), hash(`admin: {port: 3}\n${routers}`));
  assert.match(hash(routers), /^[0-9a-f]{8}$/);
});

test('{{namespace}} becomes the namespace, each time', () => {
  assert.equal(linkerConfigFor({ ...linkers.sidecar, text: '{{namespace}} {ns} {{namespace}}' }, '$&'), '$& {ns} $&');
});

for (const [text, message] of [
  ['a: [', /^x: .*/],
  ['- a', /^x: not a map$/],
  ['routers: []', /^x: no router has the label outgoing$/],
  [routers.replace('port: 2', 'port: http'), /^x: port of the incoming router is "http", not a port number$/],
  [`admin: {port: 70000}\n${routers}`, /^x: admin.port is 70000, not a port number$/],
  ['routers: [{label: outgoing}]', /^x: port of the outgoing router is undefined/],
  [`a: ${'b'.repeat(maxLinkerConfigBytes)}\n${routers}`, /^x: \d+ bytes, more than 32768$/],
] as const) {
  test(`refused: ${String(message)}`, () => {
    assert.throws(() => readLinkerConfig('x', text), { message });
  });
}
