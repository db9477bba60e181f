import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadLinkerConfig } from '../config.ts';
import { configJson } from './config-json.ts';

const shown = (text: string): unknown => {
  const { value, written } = loadLinkerConfig(text, 'linker.yaml');
  return JSON.parse(configJson(written, value.routers));
};

// The same as a Linkerd 1.7.5 answers for this file.
test('the configuration is shown as it is in the file, with canonical dtabs and listed identifiers', () => {
  const text = `
usage: {enabled: false}
admin: {ip: 127.0.0.1, port: 9990}
namers:
- kind: io.l5d.fs
  rootDir: /
telemetry:
- kind: io.l5d.prometheus
- kind: io.l5d.recentRequests
  sampleRate: 1.0
  capacity: 5
routers:
- protocol: http
  label: web
  dtab: /svc => /#/io.l5d.fs
  servers: [{ip: 127.0.0.1, port: 1}]
- protocol: http
  label: second
  identifier:
    kind: io.l5d.path
  dtab: |
    /a => /#/io.l5d.fs/static1 ;
    /svc => /a | ! ;
    /svc/u => 1 * /a & 3 * /#/io.l5d.fs/static2 ;
    /svc/n => ~ ;
  servers: [{ip: 127.0.0.1, port: 2}]
`;
  assert.deepEqual(shown(text), {
    usage: { enabled: false },
    admin: { ip: 'localhost', port: 9990 },
    namers: [{ kind: 'io.l5d.fs', rootDir: '/' }],
    telemetry: [{ kind: 'io.l5d.prometheus' }, { kind: 'io.l5d.recentRequests', sampleRate: 1, capacity: 5 }],
    routers: [
      { protocol: 'http', label: 'web', dtab: '/svc=>/#/io.l5d.fs', servers: [{ ip: 'localhost', port: 1 }] },
      {
        protocol: 'http',
        label: 'second',
        identifier: [{ kind: 'io.l5d.path' }],
        dtab: '/a=>/#/io.l5d.fs/static1;/svc=>/a | !;/svc/u=>/a & 3.00*/#/io.l5d.fs/static2;/svc/n=>~',
        servers: [{ ip: 'localhost', port: 2 }],
      },
    ],
  });
});

test('keys without a value are left out, defaults are not filled in', () => {
  const text = 'admin:\nrouters: [{protocol: http, label: 5, dtab:, servers: [{port: 0}]}]';
  assert.deepEqual(shown(text), { routers: [{ protocol: 'http', label: '5', servers: [{ port: 0 }] }] });
});
