import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type OutgoingHttpHeaders } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { after, before, beforeEach, describe, type TestContext, test } from 'node:test';
import { GrpcService } from '#test/conformance/grpc-service.ts';
import type { Linker } from '#test/helpers/linker.ts';
import { eventually } from '#test/helpers/within.ts';
import { ask, behind } from './hello-world.ts';
import { LinkerdCluster } from './linkerd-cluster.ts';
import { onLoopback } from './loopback-api.ts';
import { apply } from './objects.ts';

/** The files of Linkerd's examples whose routers speak HTTP/2, with gRPC's own client and server in Go at the ends. */

let cluster: LinkerdCluster;
let grpc: GrpcService;
before(async () => {
  cluster = await LinkerdCluster.start('networking.k8s.io/ingresses', 'networking.k8s.io/ingressclasses');
  grpc = await GrpcService.start();
  const { api, east, earth } = cluster;
  await apply(api, ...behind('testservice', [{ ip: east.ip(20), node: 'east' }], { grpc: grpc.port }));
  await cluster.serve('world', { ip: earth.ip, node: 'east' });
});
after(async () => {
  grpc?.close();
  await cluster?.stop();
});
beforeEach(() => cluster.forget());

const streams = ['server_streaming', 'client_streaming', 'ping_pong', 'cancel_after_first_response'];

async function requests(linker: Linker, router: string): Promise<number> {
  const metrics = await linker.metrics();
  const found = Object.entries(metrics).filter(([name]) =>
    new RegExp(`^rt/${router}/server/[^/]+/\\d+/requests$`).test(name),
  );
  return found.reduce((sum, [, value]) => sum + value, 0);
}

test('linkerd1: gRPC unary and streaming through two hops: linkerd-grpc.yml: unary calls and streams pass two routers, by the name of their service', async (t) => {
  const { east, forLinkers } = cluster;
  const linker = await east.startLinker('linkerd-grpc', forLinkers);
  t.after(() => linker.close());
  for (const name of ['large_unary', 'status_code_and_message', ...streams])
    assert.equal(await grpc.outcome(name, 4140, linker.host), '');
  const [outgoing, incoming] = [await requests(linker, 'outgoing'), await requests(linker, 'incoming')];
  assert.ok(outgoing >= 6, `${outgoing} calls`);
  assert.equal(incoming, outgoing);
});

describe('servicemesh.yml, all in one:', () => {
  // Not everyone may listen on port 80.
  const ingressPort = 8480;
  const ports = {
    'http-outgoing': 4140,
    'http-incoming': 4141,
    'h2-outgoing': 4240,
    'h2-incoming': 4241,
    'grpc-outgoing': 4340,
    'grpc-incoming': 4341,
  };
  let linker: Linker;
  before(async () => {
    const { api, east, forLinkers } = cluster;
    await apply(
      api,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'linkerd' } },
      ...behind('l5d', [{ ip: east.linkerIp, node: 'east' }], ports, 'linkerd'),
    );
    linker = await east.startLinker('servicemesh', forLinkers, {
      ports: [...Object.values(ports), ingressPort, 8080],
      edit: (yaml) => yaml.replace('port: 80\n', `port: ${ingressPort}\n`),
    });
  });
  after(() => linker?.close());

  test('HTTP goes to a service of the default or a named namespace by the linkers of both ends', async () => {
    const { east, hello, earth } = cluster;
    for (const url of ['http://hello', 'http://hello.default']) {
      assert.equal((await ask(east.httpProxy, url)).body, `Hello (${hello.ip}) earth (${earth.ip})!!`);
    }
    assert.equal(hello.seen[0]?.via, '1.1 linkerd, 1.1 linkerd');
  });

  test('HTTP to what is no service goes where DNS says', async (t) => {
    const server = createHttpServer((request, response) =>
      response.end(`${request.headers.host} ${request.headers.via}`),
    );
    const port = await listening(t, server, '127.0.0.1');
    assert.equal((await ask(cluster.east.httpProxy, `http://localhost:${port}`)).body, `localhost:${port} 1.1 linkerd`);
  });

  test('HTTP/2 goes the same way on ports of its own', async (t) => {
    const { api, east } = cluster;
    const port = await h2Echo(t, onLoopback(east.ip(21)));
    await apply(api, ...behind('echo', [{ ip: east.ip(21), node: 'east' }], { h2: port }));
    assert.equal(await askH2(linker.host, 4240, { ':authority': 'echo' }), 'echo h2 linkerd, h2 linkerd');
    assert.equal(await requests(linker, 'h2-incoming'), 1);
  });

  test('gRPC goes by the name of its service', async () => {
    for (const name of ['empty_unary', ...streams]) assert.equal(await grpc.outcome(name, 4340, linker.host), '');
    assert.equal(await requests(linker, 'grpc-incoming'), await requests(linker, 'grpc-outgoing'));
  });

  test('Ingress rules hold for HTTP and for HTTP/2', async (t) => {
    const { api, east, earth } = cluster;
    const port = await h2Echo(t, onLoopback(east.ip(22)));
    await apply(api, ...behind('echo2', [{ ip: east.ip(22), node: 'east' }], { h2: port }));
    const rule = (host: string, name: string, portName: string) => ({
      host,
      http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: portName } } } }] },
    });
    await apply(api, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'mesh', namespace: 'default', annotations: { 'kubernetes.io/ingress.class': 'linkerd' } },
      spec: { rules: [rule('web.example', 'world', 'http'), rule('rpc.example', 'echo2', 'h2')] },
    });
    await eventually(async () => {
      const { body } = await ask(`${linker.host}:${ingressPort}`, 'http://web.example');
      return body === `earth (${earth.ip})` ? true : undefined;
    }, 'the rule holds');
    assert.equal(await askH2(linker.host, 8080, { ':authority': 'rpc.example' }), 'rpc.example h2 linkerd');
  });
});

/** A server of HTTP/2 in the clear that answers who was asked for and what requests passed. Gives its port. */
async function h2Echo(t: TestContext, host: string): Promise<number> {
  const server = createServer((asked, reply) => reply.end(`${asked.authority} ${asked.headers.via}`));
  return listening(t, server, host);
}

async function listening(t: TestContext, server: Server, host: string): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function askH2(host: string, port: number, headers: OutgoingHttpHeaders): Promise<string> {
  const session = connect(`http://${host}:${port}`);
  try {
    let all = '';
    for await (const part of session.request({ ':path': '/', ...headers }).setEncoding('utf8')) all += part;
    return all;
  } finally {
    session.destroy();
  }
}
