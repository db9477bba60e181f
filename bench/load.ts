import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Path } from './contender.ts';
import { compiled } from './native/compile.ts';
import { clientCore, pinned } from './pin.ts';

export interface Load {
  readonly path: Path;
  readonly port: number;
  readonly target: string;
  readonly connections: number;
  /** Requests in flight on a connection; more than one only where the path is HTTP/2. */
  readonly streams: number;
  /** Bytes of the message of a gRPC call. */
  readonly message?: number;
  /** Requests a second at constant intervals; 0: as fast as answers come. */
  readonly rate: number;
  readonly seconds: number;
}

/** What the load generator saw; latencies in microseconds. */
export interface LoadResult {
  readonly requests: number;
  /** Not answered with 200, or not at all. */
  readonly failed: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** With the request line and Host about 480 bytes, as a browser or a service behind one sends. */
const headers = `Host: web
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0
Accept: application/json, text/plain, */*
Accept-Language: en-GB,en;q=0.8,de;q=0.5
Accept-Encoding: gzip, deflate, br
Authorization: Bearer 5f0c1d9ae8b74c3d9b1e6a7f2d3c4b5a6978
X-Request-Id: 7b7d1f0e-1111-2222-3333-444455556666
Referer: http://shop.example.com/catalogue/items?page=12
Cookie: session=8d2f6c1e9b7a4530; theme=dark; consent=yes
`;

/** What a gRPC client sends. */
const grpcHeaders = `host: web
content-type: application/grpc
te: trailers
user-agent: grpc-go/1.76.0
grpc-timeout: 10S
grpc-accept-encoding: gzip
authorization: Bearer 5f0c1d9ae8b74c3d9b1e6a7f2d3c4b5a6978
x-request-id: 7b7d1f0e-1111-2222-3333-444455556666
`;

const run = promisify(execFile);

function command(load: Load, file: string): readonly string[] {
  const at = ['127.0.0.1', load.port, load.target, load.connections];
  const pace = [load.rate, load.seconds, file];
  if (load.path === 'h1' || load.path === 'mtls') return [compiled('load'), ...[...at, ...pace].map(String)];
  const message = load.message === undefined ? [] : [load.message];
  return [compiled('load-h2'), ...[...at, load.streams, ...pace, ...message].map(String)];
}

/** Drives `load` against a port of 127.0.0.1 from the client's core. `dir` takes the headers file. */
export async function drive(load: Load, dir: string): Promise<LoadResult> {
  const file = join(dir, 'headers');
  writeFileSync(file, load.path === 'grpc' ? grpcHeaders : headers);
  const [program = '', ...rest] = pinned(clientCore, command(load, file));
  const { stdout } = await run(program, rest);
  return JSON.parse(stdout) as LoadResult;
}
