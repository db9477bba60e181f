import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, ListenOptions } from 'node:net';
import type { TlsOptions, Server as TlsServer } from 'node:tls';
import { type Closable, nothingToClose } from '../closable.ts';
import type { Log } from '../telemetry/log.ts';
import { type AdminRequest, type AdminResponse, Refusal, type Route } from './route.ts';
import { type Allows, allowAll } from './security.ts';

export interface AdminOptions {
  readonly ip: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Answers every other path; without it that is a bare 404. */
  readonly otherwise?: Route;
  readonly tls?: AdminTls | undefined;
  readonly allows?: Allows;
  readonly socket?: AdminSocket | undefined;
  readonly log: Log;
}

/** How the listening socket and its connections are to be. */
export interface AdminSocket {
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  readonly reusePort: boolean;
  readonly backlog?: number | undefined;
  /** Close a connection on which no byte moves for so many milliseconds. */
  readonly stillMs?: number | undefined;
}

/** Certificates of the admin port. */
export interface AdminTls {
  readonly options: TlsOptions;
  /** Keeps the server's certificate as the files have it, until closed. */
  follow(server: TlsServer): Closable;
}

export interface AdminServer {
  readonly port: number;
  /** Stops listening and ends what is left of its connections. Never rejects. */
  close(): Promise<void>;
}

const maxBodyBytes = 1 << 20;

/**
 * Serves the admin routes: paths are matched exactly, an unknown or forbidden one is a bare 404, another method than
 * the route's a 405, an exception a 500 that is logged. Rejects where the port cannot be had.
 */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const { ip, port, routes, otherwise, tls, allows = allowAll, socket, log } = options;
  const byPath = new Map(routes.filter(allows).map((route) => [route.path, route]));
  const { server, files } = serverFor({ tls, socket }, (message, response) => {
    answer((path) => byPath.get(path) ?? otherwise, message).then(
      (result) => send(message, response, result),
      (error: unknown) => {
        log.error({ err: String(error), path: message.url }, 'admin request failed');
        send(message, response, { status: 500, body: '' });
      },
    );
  });
  if (socket?.stillMs !== undefined) server.setTimeout(socket.stillMs);
  await listening(server, { port, host: ip, backlog: socket?.backlog, reusePort: socket?.reusePort });
  server.on('error', (error) => log.error({ err: String(error) }, 'admin server'));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((closed) => {
        files.close();
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function serverFor(
  { tls, socket }: Pick<AdminOptions, 'tls' | 'socket'>,
  listener: RequestListener,
): { server: Server; files: Closable } {
  const { noDelay = true, keepAlive = false } = socket ?? {};
  const limits = { requestTimeout: 30_000, keepAliveTimeout: 65_000, noDelay, keepAlive };
  if (tls === undefined) return { server: createServer(limits, listener), files: nothingToClose };
  const server = createTlsServer({ ...limits, ...tls.options }, listener);
  return { server, files: tls.follow(server) };
}

function listening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function answer(routeFor: (path: string) => Route | undefined, message: IncomingMessage): Promise<AdminResponse> {
  const [path = '/', ...query] = (message.url ?? '/').split('?');
  const route = routeFor(path);
  if (route === undefined) return { status: 404, body: '' };
  const method = message.method === 'HEAD' ? 'GET' : (message.method ?? 'GET');
  if (route.methods !== undefined && !route.methods.includes(method)) {
    return { status: 405, body: '', headers: { allow: route.methods.join(', ') } };
  }
  const request: AdminRequest = {
    method,
    path,
    query: new URLSearchParams(query.join('?')),
    headers: message.headers,
    text: () => bodyOf(message),
  };
  try {
    return await route.handle(request);
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.message };
    throw error;
  }
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Refusal(413, 'the body is larger than a megabyte');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(
  message: IncomingMessage,
  response: ServerResponse,
  { status, type, body, headers }: AdminResponse,
): void {
  response.writeHead(status, {
    ...(type !== undefined && { 'content-type': type }),
    'content-length': Buffer.byteLength(body),
    // Answers may quote what was asked; no browser shall take them for a page.
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(message.method === 'HEAD' ? undefined : body);
}
