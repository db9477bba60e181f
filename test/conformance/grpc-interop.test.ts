import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { makeCa } from '#test/helpers/certs.ts';
import { freePort } from '#test/helpers/free-port.ts';
import { Linker } from '#test/helpers/linker.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { eventually } from '#test/helpers/within.ts';
import { programs } from './programs.ts';

const run = promisify(execFile);

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

let client: string;
let server: ChildProcess;
let linkers: Linker;
const ports = new Map<number, number>();

before(async () => {
  const built = await programs();
  client = built.client;
  const port = await freePort();
  server = spawn(built.server, ['--port', String(port)], { stdio: 'ignore' });
  process.once('exit', () => server.kill('SIGKILL'));
  await eventually(
    async () => {
      const probe = await RawClient.connect(port).catch(() => undefined);
      probe?.close();
      return probe && true;
    },
    'the server listens',
    20_000,
  );
  linkers = await Linker.start(between(port));
  ports
    .set(0, port)
    .set(1, linkers.ports[0] ?? 0)
    .set(2, linkers.ports[1] ?? 0);
});
after(async () => {
  await linkers?.close();
  server?.kill();
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

/** What the client says of one case; '' where it is content. */
async function outcome(name: string, through: number): Promise<string> {
  const words = ['--server_host', '127.0.0.1', '--server_port', String(ports.get(through)), '--test_case', name];
  const env = { ...process.env, http_proxy: '', https_proxy: '', HTTP_PROXY: '', HTTPS_PROXY: '' };
  return await run(client, words, { timeout: 20_000, env }).then(
    () => '',
    (error: { stderr?: string; message: string }) => error.stderr || error.message,
  );
}

for (const through of [0, 1, 2]) {
  describe(`through ${through} linkers`, () => {
    for (const name of cases) test(name, async () => assert.equal(await outcome(name, through), ''));
  });
}

test('the linkers counted what went through them: by name, and by what the trailers said', async () => {
  const metrics = await linkers.metrics();
  const count = (name: string): number => metrics[name] ?? 0;
  const service = 'rt/one/service/svc/grpc.testing.TestService';
  // status_code_and_message, special_status_message and unimplemented_method end with an error; three are cancelled.
  assert.ok(count(`${service}/requests`) >= cases.length - 1, `${count(`${service}/requests`)}`);
  assert.ok(count(`${service}/failures`) >= 4, `${count(`${service}/failures`)}`);
  assert.ok(count(`${service}/success`) >= 7, `${count(`${service}/success`)}`);
  assert.equal(count('rt/one/service/svc/grpc.testing.UnimplementedService/failures'), 1);
  assert.ok(count(`rt/far/server/127.0.0.1/${linkers.ports[2]}/requests`) >= cases.length);
});
