import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ApiServer } from './api-server.ts';

/** An address of the pod network as one that this host has. */
export const onLoopback = (ip: string): string => ip.replace(/^10\./, '127.');

/**
 * Stands in for `kubectl proxy`, for linkers and pods that are processes of this host: plain HTTP, passed on with an
 * account's token, and in what comes back 10.0.0.0/8 is 127.0.0.0/8. API servers refuse endpoints on the loopback
 * network, and pod networks this host does not have.
 */
export class LoopbackApi {
  readonly port: number;
  /** Path of a kubeconfig, for what looks for the API there. */
  readonly kubeconfig: string;
  readonly #close: () => void;

  private constructor(port: number, kubeconfig: string, close: () => void) {
    this.port = port;
    this.kubeconfig = kubeconfig;
    this.#close = close;
  }

  static async start(api: ApiServer, token: string): Promise<LoopbackApi> {
    const agent = new Agent({ keepAlive: true, ca: api.ca });
    const server = createServer((asked, reply) => passOn(api, token, agent, asked, reply));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const config = {
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    const kubeconfig = join(api.folder, `loopback-${port}.kubeconfig`);
    writeFileSync(kubeconfig, JSON.stringify(config));
    return new LoopbackApi(port, kubeconfig, () => {
      server.close().closeAllConnections();
      agent.destroy();
    });
  }

  close(): void {
    this.#close();
  }
}

function passOn(api: ApiServer, token: string, agent: Agent, asked: IncomingMessage, reply: ServerResponse): void {
  const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
  const onward = request(`${api.url}${asked.url}`, { method: asked.method, headers, agent }, (answer) => {
    reply.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json' }).flushHeaders();
    pipeline(answer, rewriteLines(), reply).catch(() => reply.destroy());
  });
  onward.once('error', () => reply.destroy());
  reply.once('close', () => onward.destroy());
  onward.end();
}

/** By whole lines, of which a watch sends one an event, so that no address is cut in two. */
function rewriteLines(): Transform {
  const rewrite = (text: string): string => text.replace(/"10(\.\d+\.\d+\.\d+)"/g, '"127$1"');
  let rest = '';
  return new Transform({
    transform(bytes: Buffer, _, done) {
      const text = rest + bytes.toString('latin1');
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      done(null, Buffer.from(rewrite(text.slice(0, end)), 'latin1'));
    },
    flush: (done) => done(null, Buffer.from(rewrite(rest), 'latin1')),
  });
}
