import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePorts } from '#test/helpers/free-port.ts';
import type { Path } from './contender.ts';
import { compiled } from './native/compile.ts';
import { clientCore } from './pin.ts';
import { answering, start } from './running.ts';
import { gcc, libnghttp2, nghttpd, type Tool } from './tools.ts';

export interface Origin {
  /** Three ports of one application. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

/** A gRPC message: not compressed, its length, its bytes. */
function grpcMessage(bytes: number): Buffer {
  const message = Buffer.alloc(5 + bytes, 'x');
  message.writeUInt8(0, 0);
  message.writeUInt32BE(bytes, 1);
  return message;
}

/** The files of an HTTP/2 origin, which answers with what they hold whatever the method. */
function writeFiles(dir: string): void {
  const files = {
    'h2c/128': 'x'.repeat(128),
    'grpc/bench.Echo/Unary': grpcMessage(128),
    mime: 'application/grpc Echo/Unary\n',
  };
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), content);
  }
}

function http2Commands(path: 'h2c' | 'grpc', dir: string, ports: readonly number[]): readonly (readonly string[])[] {
  writeFiles(dir);
  const words = [
    'nghttpd',
    '--no-tls',
    '-a',
    '127.0.0.1',
    '-d',
    join(dir, path),
    '--mime-types-file',
    join(dir, 'mime'),
  ];
  if (path === 'grpc') words.push('--trailer', 'grpc-status: 0');
  return ports.map((port) => [...words, String(port)]);
}

/** What origin and load of a path are made of. */
export function originNeeds(path: Path): readonly Tool[] {
  return path === 'h2c' || path === 'grpc' ? [gcc, libnghttp2, nghttpd] : [gcc];
}

/** The application behind every contender on a path, on the client's core. */
export async function startOrigin(path: Path, dir: string): Promise<Origin> {
  const ports = await freePorts(3);
  const commands =
    path === 'h2c' || path === 'grpc' ? http2Commands(path, dir, ports) : [[compiled('origin'), ...ports.map(String)]];
  const running = start({ files: {}, commands, port: ports[0] ?? 0 }, dir, clientCore);
  for (const port of ports) await answering({ ...running, port }, path);
  return { ports, stop: running.stop };
}
