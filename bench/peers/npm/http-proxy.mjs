import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';
import { lend, settings, trace } from './peer.mjs';

const proxy = httpProxy.createProxyServer({ agent: new Agent({ keepAlive: true, maxSockets: 64 }) });
proxy.on('proxyRes', (_, __, response) => response.setHeader('via', '1.1 http-proxy'));
proxy.on('error', (_, __, response) => response.writeHead?.(502).end());

const server = createServer((request, response) => {
  request.headers.via = '1.1 http-proxy';
  request.headers['l5d-ctx-trace'] = trace();
  proxy.web(request, response, { target: { host: '127.0.0.1', port: lend(response).port } });
});
server.keepAliveTimeout = 60_000;
server.listen(settings.port, '127.0.0.1');
