import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Linker } from '#test/helpers/linker.ts';
import { startMesh } from '#test/integration/mesh/fixture.ts';
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

describe('through two linkers with HTTP/2 between them', () => {
  let mesh: Linker;
  before(async () => {
    mesh = await startMesh();
  });
  after(() => mesh?.close());

  // Each linker has its Via and takes one from Max-Forwards; what is left of a body behind its answer is not carried over.
  const otherwise = new Set([136, 414, 415, 416, 426, 511]);
  for (const one of cases.filter(({ n, router }) => router === undefined && !otherwise.has(n))) {
    test(`${one.n}, RFC ${one.section}: ${one.must}`, async () => {
      assert.deepEqual(await runCase(one, { host: mesh.port, path: 0 }), []);
    });
  }
});
