import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import type { Path } from './contender.ts';

function http1Status(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /128 HTTP/1.1\r\nHost: web\r\n\r\n'));
    const done = (status: string | undefined) => {
      socket.destroy();
      resolve(status);
    };
    socket.once('data', (bytes) => done(bytes.toString('latin1', 9, 12)));
    socket.once('error', () => done(undefined));
    socket.once('close', () => done(undefined));
  });
}

function http2Status(port: number, target: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const done = (status: string | undefined) => {
      session.destroy();
      resolve(status);
    };
    session.once('error', () => done(undefined));
    session.once('close', () => done(undefined));
    const stream = session.request({ ':path': target, ':authority': 'web' });
    stream.once('response', (head) => done(String(head[':status'])));
    stream.once('error', () => done(undefined));
  });
}

/** One GET; the status of its answer as soon as its first bytes are here, undefined if there was none. */
export function firstStatus(path: Path, port: number): Promise<string | undefined> {
  if (path === 'h2c') return http2Status(port, '/128');
  if (path === 'grpc') return http2Status(port, '/bench.Echo/Unary');
  return http1Status(port);
}
