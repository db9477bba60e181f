import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeCa } from '#test/helpers/certs.ts';
import { Linker } from '#test/helpers/linker.ts';
import { GrpcService } from './grpc-service.ts';

// gRPC's own interoperability tests, client and server in Go: with linkers between them they must not tell.

const cases = [
  'empty_unary',
  'large_unary',
  'client_streaming',
  'server_streaming',
  'ping_pong',
  'empty_stream',
  'timeout_on_sleeping_server',
  'cancel_after_begin',
  'cancel_after_first_response',
  'status_code_and_message',
  'special_status_message',
  'unimplemented_method',
  'unimplemented_service',
  'custom_metadata',
];

let service: GrpcService;
let linkers: Linker;
const ports = new Map<number, number>();

before(async () => {
  service = await GrpcService.start();
  linkers = await Linker.start(between(service.port));
  ports
    .set(0, service.port)
    .set(1, linkers.ports[0] ?? 0)
    .set(2, linkers.ports[1] ?? 0);
});
after(async () => {
  await linkers?.close();
  service?.close();
});

/** One linker before the server (port 0); one before it over mutual TLS and another linker (ports 1 and 2). */
function between(port: number): Parameters<typeof Linker.start>[0] {
  const ca = makeCa('mesh');
  const far = ca.issue({ cn: 'far.test', dns: ['far.test'] });
  const near = ca.issue({ cn: 'near.test', dns: ['near.test'] });
  return {
    ports: 3,
    files: {
      'tls/ca.pem': ca.cert,
      'tls/far.pem': far.cert,
      'tls/far.key': far.key,
      'tls/near.pem': near.cert,
      'tls/near.key': near.key,
    },
    config: ({ dir, ports: [one, near, far], admin }) => `
admin: { ip: 127.0.0.1, port: ${admin} }
routers:
- protocol: h2
  label: one
  identifier: { kind: io.l5d.header.path, segments: 1 }
  service: { responseClassifier: { kind: io.l5d.h2.grpc.default } }
  dtab: /svc => /$/inet/127.1/${port}
  servers: [ { ip: 127.0.0.1, port: ${one} } ]
- protocol: h2
  label: near
  dtab: /svc => /$/inet/127.1/${far}
  client:
    tls:
      commonName: far.test
      trustCerts: [ ${dir}/tls/ca.pem ]
      clientAuth: { certPath: ${dir}/tls/near.pem, keyPath: ${dir}/tls/near.key }
  servers: [ { ip: 127.0.0.1, port: ${near} } ]
- protocol: h2
  label: far
  dtab: /svc => /$/inet/127.1/${port}
  servers:
  - ip: 127.0.0.1
    port: ${far}
    tls:
      certPath: ${dir}/tls/far.pem
      keyPath: ${dir}/tls/far.key
      caCertPath: ${dir}/tls/ca.pem
      requireClientAuth: true
`,
  };
}

for (const through of [0, 1, 2]) {
  describe(`through ${through} linkers`, () => {
    for (const name of cases)
      test(name, async () => assert.equal(await service.outcome(name, ports.get(through) ?? 0), ''));
  });
}

test('the linkers counted what went through them: by name, and by what the trailers said', async () => {
  const metrics = await linkers.metrics();
  const count = (name: string): number => metrics[name] ?? 0;
  const scope = 'rt/one/service/svc/grpc.testing.TestService';
  // status_code_and_message, special_status_message and unimplemented_method end with an error; three are cancelled.
  assert.ok(count(`${scope}/requests`) >= cases.length - 1, `${count(`${scope}/requests`)}`);
  assert.ok(count(`${scope}/failures`) >= 4, `${count(`${scope}/failures`)}`);
  assert.ok(count(`${scope}/success`) >= 7, `${count(`${scope}/success`)}`);
  assert.equal(count('rt/one/service/svc/grpc.testing.UnimplementedService/failures'), 1);
  assert.ok(count(`rt/far/server/127.0.0.1/${linkers.ports[2]}/requests`) >= cases.length);
});
