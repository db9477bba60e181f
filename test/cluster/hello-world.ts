import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest, Replica } from '#test/helpers/kube-objects.ts';
import { service, slice } from '#test/helpers/kube-objects.ts';
import { onLoopback } from './loopback-api.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: IncomingHttpHeaders;
}

/** Asks for a URL as a program does that has `http_proxy`, an `ip:port`, in its environment. */
export async function ask(httpProxy: string, url: string, { method = 'GET', headers = {} }: Ask = {}): Promise<Answer> {
  const [host = '', port] = httpProxy.split(':');
  const onward = { ...headers, host: new URL(url).host };
  const sent = request({ host, port, method, path: url, headers: onward, agent: false });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}

async function text(message: IncomingMessage): Promise<string> {
  let all = '';
  for await (const part of message.setEncoding('utf8')) all += part;
  return all;
}

/** A pod's one container: an HTTP server at an address of the pod network. */
export class App {
  /** Headers of all requests so far. */
  readonly seen: IncomingHttpHeaders[] = [];
  /** Statuses of the next answers; 200 after them. */
  failures: number[] = [];
  delayMs = 0;
  readonly ip: string;
  readonly #close: () => void;

  private constructor(ip: string, close: () => void) {
    this.ip = ip;
    this.#close = close;
  }

  static async start(
    ip: string,
    port: number,
    answer: (context: IncomingHttpHeaders) => Promise<string>,
  ): Promise<App> {
    const server = createServer(async (asked, reply) => {
      app.seen.push(asked.headers);
      await sleep(app.delayMs);
      const status = app.failures.shift() ?? 200;
      const context = Object.entries(asked.headers).filter(([name]) => name.startsWith('l5d-ctx-'));
      reply.writeHead(status).end(await answer(Object.fromEntries(context)));
    });
    const app = new App(ip, () => server.close().closeAllConnections());
    server.listen(port, onLoopback(ip));
    await once(server, 'listening');
    return app;
  }

  /** Answers `<word> (<ip>)`. */
  static world(ip: string, word: string): Promise<App> {
    return App.start(ip, 7778, async () => `${word} (${ip})`);
  }

  /** Asks `http://world` through a proxy, handing on the context it was given, and answers `Hello (<ip>) <that>!!`. */
  static hello(ip: string, httpProxy: string): Promise<App> {
    return App.start(ip, 7777, async (headers) => {
      const { body } = await ask(httpProxy, 'http://world', { headers });
      return `Hello (${ip}) ${body}!!`;
    });
  }

  close(): void {
    this.#close();
  }
}

/** A headless Service and what its controllers make of pods: Endpoints, and a slice for those who may read it. */
export function behind(
  name: string,
  replicas: readonly Replica[],
  ports: Readonly<Record<string, number>>,
  namespace = 'default',
): Manifest[] {
  const named = Object.entries(ports).map(([port, number]) => ({ name: port, port: number, protocol: 'TCP' }));
  const addresses = replicas.map(({ ip, node }) => ({ ip, ...(node !== undefined && { nodeName: node }) }));
  return [
    service(name, named, namespace),
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name, namespace },
      subsets: [{ addresses, ports: named }],
    },
    slice(name, `${name}-1`, replicas, ports, namespace),
  ];
}
