import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Linker } from '#test/helpers/linker.ts';
import { cases } from './rfc/cases.ts';
import { runCase } from './rfc/run-case.ts';

// Every requirement of the table, by raw sockets through a linker, each with an origin of its own.

let linker: Linker;
before(async () => {
  linker = await Linker.start({
    ports: 2,
    config: ({ ports, admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
routers:
- protocol: http
  dtab: /inet => /$/inet ; /svc => /$/io.buoyant.hostportPfx/inet
  servers: [ { ip: 127.0.0.1, port: ${ports[0]} } ]
- protocol: http
  label: path
  identifier: { kind: io.l5d.path, segments: 1, consume: true }
  dtab: /inet => /$/inet ; /svc => /$/io.buoyant.hostportPfx/inet
  servers: [ { ip: 127.0.0.1, port: ${ports[1]} } ]
`,
  });
});
after(() => linker?.close());

test('the table has each number once, and enough of either side', () => {
  assert.equal(new Set(cases.map(({ n }) => n)).size, cases.length);
  const count = (side: string) => cases.filter((one) => one.side === side).length;
  assert.ok(count('request') >= 80 && count('response') >= 50, `${count('request')} and ${count('response')}`);
});

for (const side of ['request', 'response'] as const) {
  describe(`${side} side`, () => {
    for (const one of cases.filter((each) => each.side === side)) {
      test(`${one.n}, RFC ${one.section}: ${one.must}`, async () => {
        const [host = 0, path = 0] = linker.ports;
        assert.deepEqual(await runCase(one, { host, path }), []);
      });
    }
  });
}
