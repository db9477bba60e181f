import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debian, howToGet, missing } from '#bench/tools.ts';
import { freePort } from '#test/helpers/free-port.ts';
import { eventually } from '#test/helpers/within.ts';

/**
 * A real HTTP server behind the linker. It answers every request with its target, `/early…` before it has read the body;
 * one that stops in the midst of a request is given up after about a second.
 */
export interface RealOrigin {
  readonly name: string;
  readonly port: number;
  /** Every request it has seen so far, as `METHOD target`. */
  seen(): readonly string[];
  close(): Promise<void>;
}

const programs = [debian('nginx', 'nginx-light'), debian('haproxy')];

/** @throws saying what to install where a program is missing. */
export async function realOrigins(): Promise<readonly RealOrigin[]> {
  const lacking = missing(programs);
  if (lacking.length > 0) throw new Error(lacking.map(howToGet).join('\n'));
  return await Promise.all([nodeOrigin(), nginx(), haproxy()]);
}

export async function nodeOrigin(name = 'node:http'): Promise<RealOrigin> {
  const seen: string[] = [];
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(`${request.method} ${request.url}`);
    const answer = () => response.end(request.url);
    if (request.url?.startsWith('/early')) answer();
    else request.on('end', answer);
    request.on('error', () => {}).resume();
  };
  const server = createServer({ requestTimeout: 1000, headersTimeout: 1000, connectionsCheckingInterval: 250 }, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    name,
    port: (server.address() as AddressInfo).port,
    seen: () => seen,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function nginx(): Promise<RealOrigin> {
  const dir = mkdtempSync(join(tmpdir(), 'heddle-nginx-'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(dir, 'nginx.conf'),
    `daemon off;
worker_processes 1;
pid ${dir}/pid;
error_log ${dir}/error.log;
events {}
http {
  ${temporary.map((what) => `${what}_temp_path ${dir}/${what};`).join('\n  ')}
  log_format seen '$request';
  access_log ${dir}/seen seen;
  default_type text/plain;
  client_header_timeout 1s;
  client_body_timeout 1s;
  keepalive_requests 100000;
  server { listen 127.0.0.1:${port}; location / { return 200 "$request_uri"; } }
}
`,
  );
  const end = await running(['nginx', '-p', dir, '-e', 'stderr', '-c', join(dir, 'nginx.conf')], port);
  return {
    name: 'nginx',
    port,
    seen() {
      const lines = readFileSync(join(dir, 'seen'), 'latin1').split('\n').slice(0, -1);
      // A connection that was given up before a byte of a request had come has a line of its own.
      return lines.filter((line) => line !== '' && line !== '-').map((line) => line.replace(/ HTTP\/1\.[01]$/, ''));
    },
    async close() {
      await end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** HAProxy, and Node behind it, whose log it is. */
async function haproxy(): Promise<RealOrigin> {
  const behind = await nodeOrigin('node:http behind HAProxy');
  const dir = mkdtempSync(join(tmpdir(), 'heddle-haproxy-'));
  const port = await freePort();
  writeFileSync(
    join(dir, 'haproxy.cfg'),
    `global
  nbthread 1
  maxconn 1000
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 1s
  timeout server 5s
  timeout http-request 1s
  timeout http-keep-alive 60s
frontend front
  bind 127.0.0.1:${port}
  default_backend next
backend next
  server one 127.0.0.1:${behind.port}
`,
  );
  const end = await running(['haproxy', '-q', '-db', '-f', join(dir, 'haproxy.cfg')], port);
  return {
    name: 'HAProxy',
    port,
    seen: behind.seen,
    async close() {
      await end();
      await behind.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts a program and waits until it listens; gives what ends it. */
async function running([program = '', ...words]: readonly string[], port: number): Promise<() => Promise<void>> {
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  children.add(child);
  let output = '';
  child.stderr.on('data', (text: Buffer) => {
    output += text;
  });
  const exited = once(child, 'exit');
  const listens = async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended:\n${output}`);
    return (await accepts(port)) ? true : undefined;
  };
  await eventually(listens, `${program} listens`, 10_000);
  return async () => {
    child.kill('SIGKILL');
    await exited;
    children.delete(child);
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
