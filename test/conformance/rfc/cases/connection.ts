import { type Case, chunked, host, ok, passes, request, returns } from '../case.ts';

const old = (line: string, lines = '', body = ''): string => `${line} HTTP/1.0\r\n${host}${lines}\r\n${body}`;

/** Connections, what belongs to them, and what a proxy adds (RFC 9112 §9, RFC 9110 §7.6). */
export const connection: readonly Case[] = [
  passes(
    { n: 401, section: '9110 §7.6.1', must: 'fields that Connection names end here, and so does Connection' },
    request('GET /', 'X-Hop: 1\r\nConnection: x-hop, X-TWO\r\nx-two: 2\r\nX-End: 3\r\n'),
    {
      lacks: ['connection', 'x-hop', 'x-two'],
      has: ['X-End: 3'],
    },
  ),
  passes(
    { n: 402, section: '9110 §7.6.1', must: 'several Connection lines count together' },
    request('GET /', 'Connection: x-a\r\nX-A: 1\r\nX-B: 1\r\nConnection: x-b\r\n'),
    { lacks: ['x-a', 'x-b', 'connection'] },
  ),
  passes(
    { n: 403, section: '9110 §7.6.1', must: 'trailers that Connection names end here too' },
    request('POST /', `Connection: x-hop\r\n${chunked()}`, '2\r\nok\r\n0\r\nX-Hop: 1\r\nX-End: 2\r\n\r\n'),
    { trailers: ['X-End: 2'] },
  ),
  returns(
    { n: 404, section: '9110 §7.6.1', must: 'fields that Connection of an answer names end here' },
    ok('ok', 'X-Hop: 1\r\nConnection: x-hop\r\nX-End: 3\r\n'),
    { status: 200, lacks: ['connection', 'x-hop'], has: ['X-End: 3'] },
  ),
  returns(
    { n: 405, section: '9110 §7.6.1', must: 'so do trailers' },
    `HTTP/1.1 200 OK\r\nConnection: x-hop\r\n${chunked()}\r\n2\r\nok\r\n0\r\nX-Hop: 1\r\nX-End: 2\r\n\r\n`,
    { status: 200, trailers: ['X-End: 2'] },
  ),
  passes(
    { n: 406, section: '9110 §7.6.1', must: 'fields for one connection are not forwarded, listed or not' },
    request(
      'GET /',
      'Proxy-Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nConnection: keep-alive, te\r\n',
    ),
    { lacks: ['proxy-connection', 'keep-alive', 'te', 'connection'] },
  ),
  passes(
    { n: 407, section: '9110 §10.1.4', must: 'TE is for the next hop alone' },
    request('GET /', 'TE: gzip, trailers\r\nConnection: TE\r\n'),
    { lacks: ['te'] },
  ),
  passes(
    { n: 408, section: '9110 §7.8', must: 'an Upgrade that Connection does not list is not forwarded' },
    request('GET /', 'Upgrade: websocket\r\n'),
    { lacks: ['upgrade', 'connection'] },
  ),
  passes(
    { n: 409, section: '9110 §7.8', must: 'Upgrade of HTTP/1.0 is ignored' },
    old('GET /', 'Upgrade: websocket\r\nConnection: upgrade\r\n'),
    { lacks: ['upgrade'] },
    'closed',
  ),
  {
    ...{
      n: 410,
      section: '9110 §7.8',
      must: 'whoever sends Upgrade lists it, to the origin and in the 101',
      side: 'request',
    },
    sends: [request('GET /ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\n')],
    answers: ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Accept: 1\r\n\r\n'],
    origin: [{ has: ['Upgrade: websocket', 'Connection: Upgrade'], lacks: ['content-length', 'transfer-encoding'] }],
    caller: [{ status: 101, has: ['Upgrade: websocket', 'Connection: Upgrade', 'X-Accept: 1'] }],
    after: 'left',
  },
  returns(
    { n: 411, section: '9110 §7.8', must: 'no protocol is switched to that nobody asked for' },
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    { status: 502 },
    { connections: 2 },
  ),
  {
    ...{ n: 412, section: '9110 §7.8', must: 'nor another protocol than the one asked for', side: 'response' },
    sends: [request('GET /ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\n')],
    answers: ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'],
    ...{ origin: [{}], caller: [{ status: 502 }], after: 'open', connections: 2 },
  },
  {
    ...{ n: 413, section: '9110 §7.8', must: 'an Upgrade that is declined is an ordinary answer', side: 'response' },
    sends: [request('GET /ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\n')],
    ...{ origin: [{}], caller: [{ status: 200, body: 'ok' }], after: 'open', connections: 1 },
  },
  passes(
    { n: 414, section: '9110 §7.6.3', must: 'a request that goes on has a Via, behind those it had' },
    request('GET /', 'Via: 1.0 a\r\nX-A: 1\r\nVia: 1.1 b (c)\r\n'),
    { has: ['Via: 1.0 a, 1.1 b (c), 1.1 linkerd'] },
  ),
  returns({ n: 415, section: '9110 §7.6.3', must: 'so has an answer' }, ok('ok', 'Via: 1.1 inner\r\n'), {
    status: 200,
    has: ['Via: 1.1 inner, 1.1 linkerd'],
  }),
  passes(
    { n: 416, section: '9110 §7.6.3', must: 'Via says in which version a request came' },
    old('GET /'),
    { has: ['Via: 1.0 linkerd'] },
    'closed',
  ),
  returns(
    { n: 417, section: '9112 §2.3', must: 'an answer goes on in the version of the linker' },
    { send: ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'], end: 'fin' },
    { status: 200, version: 'HTTP/1.1' },
  ),
  {
    ...{ n: 418, section: '9112 §9.6', must: 'behind a request with close the linker closes', side: 'request' },
    sends: [request('GET /1', 'Connection: close\r\n')],
    origin: [{ line: 'GET /1 HTTP/1.1', lacks: ['connection'] }],
    caller: [{ status: 200, has: ['Connection: close'] }],
    after: 'closed',
  },
  {
    ...{ n: 419, section: '9112 §9.6', must: 'no request behind one with close is looked at', side: 'request' },
    sends: [request('GET /1', 'Connection: x, CLOSE\r\n') + request('GET /2')],
    ...{ origin: [{ line: 'GET /1 HTTP/1.1' }], caller: [{ status: 200 }], after: 'closed' },
  },
  returns(
    { n: 420, section: '9112 §9.6', must: 'no request is sent behind an answer with close' },
    { send: [ok('ok', 'Connection: close\r\n')] },
    { status: 200, lacks: ['connection'] },
    { connections: 2 },
  ),
  returns(
    { n: 421, section: '9112 §9.3', must: 'without close a connection of HTTP/1.1 is kept' },
    ok(),
    { status: 200 },
    { connections: 1 },
  ),
  returns(
    { n: 422, section: '9112 §9.3', must: 'an origin of HTTP/1.0 that does not say keep-alive is not asked again' },
    'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    { status: 200 },
    { connections: 2 },
  ),
  {
    ...{ n: 423, section: '9112 §9.3', must: 'a connection of HTTP/1.0 ends behind its answer', side: 'request' },
    sends: [old('GET /1') + request('GET /2')],
    ...{ origin: [{ line: 'GET /1 HTTP/1.0' }], caller: [{ status: 200 }], after: 'closed' },
  },
  {
    ...{
      n: 424,
      section: '9112 §9.3',
      must: 'a proxy keeps none of HTTP/1.0, keep-alive or not, and says so',
      side: 'request',
    },
    sends: [old('GET /1', 'Connection: keep-alive\r\n')],
    origin: [{ line: 'GET /1 HTTP/1.0', lacks: ['connection', 'keep-alive'] }],
    caller: [{ status: 200, has: ['Connection: close'] }],
    after: 'closed',
  },
  {
    ...{ n: 425, section: '9112 §9.3.2', must: 'pipelined requests are answered in their order', side: 'request' },
    sends: ['1', '2', '3'].map((i) => request(`GET /${i}`)),
    answers: [{ send: [100, ok('first')] }, ok('second'), ok('third')],
    origin: ['1', '2', '3'].map((i) => ({ line: `GET /${i} HTTP/1.1` })),
    caller: ['first', 'second', 'third'].map((body) => ({ status: 200, body })),
    after: 'open',
  },
  {
    ...{
      n: 426,
      section: '9112 §9.3',
      must: 'what is left of an unread body is not the next request',
      side: 'request',
    },
    sends: [
      request('POST /early', 'Content-Length: 6000\r\n'),
      { hear: 'early' },
      'GET /inside HTTP/1.1\r\nHost: x\r\n\r\n'.padEnd(6000, 'x'),
    ],
    answers: [{ send: [ok('early')], early: true }],
    ...{ origin: [{ line: 'POST /early HTTP/1.1' }], caller: [{ status: 200, body: 'early' }], after: 'open' },
  },
  {
    ...{
      n: 427,
      section: '9110 §9.2.2',
      must: 'a POST is not sent again, even on a connection that had been kept',
      side: 'response',
    },
    sends: [request('GET /1'), { hear: 'ok' }, request('POST /2', 'Content-Length: 2\r\n', 'ab')],
    answers: [ok(), { send: [], end: 'reset' }],
    origin: [{ line: 'GET /1 HTTP/1.1' }, { line: 'POST /2 HTTP/1.1' }],
    caller: [{ status: 200 }, { status: 502 }],
    after: 'open',
  },
  {
    ...{
      n: 428,
      section: '9110 §9.2.2',
      must: 'nor where the origin ends in order without an answer',
      side: 'response',
    },
    sends: [request('GET /1'), { hear: 'ok' }, request('PATCH /2', 'Content-Length: 2\r\n', 'ab')],
    answers: [ok(), { send: [], end: 'fin' }],
    origin: [{ line: 'GET /1 HTTP/1.1' }, { line: 'PATCH /2 HTTP/1.1' }],
    caller: [{ status: 200 }, { status: 502 }],
    after: 'open',
  },
  {
    ...{ n: 429, section: '9110 §9.2.2', must: 'nor where its answer was cut', side: 'response' },
    sends: [request('POST /', 'Content-Length: 2\r\n', 'ab')],
    answers: [{ send: ['HTTP/1.1 200 OK\r\nContent-Le', 30], end: 'reset' }],
    ...{ origin: [{ line: 'POST / HTTP/1.1' }], caller: [{ status: 502 }], after: 'open' },
  },
  {
    ...{ n: 430, section: '9110 §7.6', must: 'a request is not forwarded in an endless loop', side: 'request' },
    sends: [`GET / HTTP/1.1\r\nHost: {linker}\r\n\r\n`],
    ...{ origin: [], caller: [{ status: 431 }], after: 'open' },
  },
  passes(
    { n: 431, section: '9110 §10.2.1', must: 'no field is taken for one of a connection that is not' },
    request('GET /', 'Allow: GET\r\nWarning: 1\r\nTrailers: x\r\n'),
    { has: ['Allow: GET', 'Warning: 1', 'Trailers: x'] },
  ),
  returns(
    { n: 432, section: '9110 §10.2.1', must: 'Allow is not changed' },
    'HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, BREW\r\nContent-Length: 0\r\n\r\n',
    { status: 405, has: ['Allow: GET, BREW'] },
  ),
  returns(
    { n: 433, section: '9110 §7.7', must: 'content is not transformed' },
    ok(
      '\0\xff\r\n\r\nHTTP/1.1 200 OK\r\n',
      'Content-Encoding: gzip\r\nCache-Control: no-transform\r\nContent-MD5: x\r\n',
    ),
    { status: 200, body: '\0\xff\r\n\r\nHTTP/1.1 200 OK\r\n', has: ['Content-Encoding: gzip', 'Content-MD5: x'] },
  ),
  returns(
    { n: 434, section: '9110 §6.6.1', must: 'Date of an origin goes on as it is' },
    ok('ok', 'Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n'),
    { status: 200, has: ['Date: Sun, 06 Nov 1994 08:49:37 GMT'] },
  ),
];
