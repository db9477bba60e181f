import { createServer } from 'node:http';
import fastProxy from 'fast-proxy';
import { lend, origins, settings, trace } from './peer.mjs';

/** With undici, the faster of its two clients; a pool there has one origin. */
for (const origin of origins) {
  origin.proxy = fastProxy({ base: `http://127.0.0.1:${origin.port}`, undici: { connections: 64 } }).proxy;
}
const via = (headers) => ({ ...headers, via: '1.1 fast-proxy' });
const options = {
  rewriteRequestHeaders: ({ headers: { host } }, headers) => ({ ...via(headers), host, 'l5d-ctx-trace': trace() }),
  rewriteHeaders: via,
};

const server = createServer((request, response) => lend(response).proxy(request, response, request.url, options));
server.keepAliveTimeout = 60_000;
server.listen(settings.port, '127.0.0.1');
