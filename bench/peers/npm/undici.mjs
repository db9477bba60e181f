import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { checkServerIdentity } from 'node:tls';
import { Pool } from 'undici';
import { lend, origins, settings, trace } from './peer.mjs';

const { accept, connect } = settings;
const files = ({ ca, cert, key }) => ({ ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) });
// undici asks for the server its Host header names; the certificate is that of the next proxy.
const tls = connect && { ...files(connect), checkServerIdentity: (_, peer) => checkServerIdentity(connect.name, peer) };
for (const origin of origins) {
  origin.pool = new Pool(`${connect ? 'https' : 'http'}://127.0.0.1:${origin.port}`, {
    connections: 64,
    ...(tls && { connect: tls }),
  });
}

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade', 'proxy-connection']);

/** Raw names and values, as strings or bytes, without those of one connection, with a Via. */
function passed(raw) {
  const kept = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toString('latin1');
    if (!hopByHop.has(name.toLowerCase())) kept.push(name, raw[i + 1].toString('latin1'));
  }
  kept.push('via', '1.1 undici');
  return kept;
}

/** Hands an answer on as it comes; the cheapest way through undici. */
class Answer {
  constructor(response) {
    this.response = response;
  }
  onRequestStart(controller) {
    this.response.once('close', () => this.response.writableFinished || controller.abort(new Error('caller has gone')));
    this.response.on('drain', () => controller.resume());
  }
  onResponseStart(controller, status) {
    this.response.writeHead(status, passed(controller.rawHeaders));
  }
  onResponseData(controller, chunk) {
    if (!this.response.write(chunk)) controller.pause();
  }
  onResponseEnd() {
    this.response.end();
  }
  onResponseError() {
    if (this.response.headersSent) this.response.destroy();
    else this.response.writeHead(502).end();
  }
}

function forward(request, response) {
  const { method, url: path } = request;
  const headers = passed(request.rawHeaders);
  headers.push('l5d-ctx-trace', trace());
  const body = method === 'GET' || method === 'HEAD' ? null : request;
  lend(response).pool.dispatch({ path, method, headers, body }, new Answer(response));
}

const server = accept
  ? createTlsServer({ ...files(accept), requestCert: true, minVersion: 'TLSv1.3' }, forward)
  : createServer(forward);
server.keepAliveTimeout = 60_000;
server.listen(settings.port, '127.0.0.1');
