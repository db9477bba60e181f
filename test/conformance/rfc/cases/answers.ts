import { badGateway, type Case, chunked, host, ok, request, returns } from '../case.ts';

const answer = (lines: string, body = ''): string => `HTTP/1.1 200 OK\r\n${lines}\r\n${body}`;
const twoConnections = { connections: 2 } as const;

/** Where the body of an answer ends. */
export const answers: readonly Case[] = [
  badGateway(
    301,
    '9112 §6.1',
    'an answer with both a length and a coding is an error',
    answer(`Content-Length: 5\r\n${chunked()}`, '0\r\n\r\n'),
  ),
  badGateway(
    302,
    '9112 §6.3',
    'an answer with an invalid length is a 502',
    answer('Content-Length: five\r\n', 'hello'),
  ),
  badGateway(303, '9112 §6.3', 'with two that differ', answer('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello')),
  badGateway(304, '9112 §6.3', 'with a list that differs', answer('Content-Length: 5, 6\r\n', 'hello')),
  badGateway(305, '9112 §6.3', 'with a negative one', answer('Content-Length: -5\r\n', 'hello')),
  badGateway(
    306,
    '9112 §6.3',
    'a list of equal lengths is one or refused',
    answer('Content-Length: 5, 5\r\n', 'hello'),
  ),
  badGateway(307, '9112 §6.1', 'chunked twice is none', answer('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n')),
  badGateway(
    308,
    '9112 §6.1',
    'a coding that the linker cannot undo is not passed on as a body',
    answer('Transfer-Encoding: gzip\r\n', 'x'),
  ),
  returns(
    { n: 309, section: '9112 §6.3', must: 'a body without length or coding goes until the close' },
    { send: [answer('', 'all of it')], end: 'fin' },
    { status: 200, body: 'all of it', framing: 'chunked' },
    twoConnections,
  ),
  returns(
    { n: 310, section: '9112 §7.1', must: 'chunked is understood' },
    answer(chunked(), '2;x\r\nok\r\n0\r\n\r\n'),
    { status: 200, body: 'ok', lacks: ['content-length'] },
  ),
  {
    ...{ n: 311, section: '9112 §6.1', must: 'no chunks for HTTP/1.0', side: 'response' },
    sends: [`GET / HTTP/1.0\r\n${host}\r\n`],
    answers: [answer(chunked(), '2\r\nok\r\n0\r\n\r\n')],
    origin: [{}],
    caller: [{ status: 200, body: 'ok', framing: 'close', lacks: ['transfer-encoding'] }],
    after: 'closed',
  },
  {
    ...{ n: 312, section: '9112 §6.3', must: 'an answer to HEAD has no body, whatever its length', side: 'response' },
    sends: [request('HEAD /')],
    answers: [answer('Content-Length: 5\r\n')],
    origin: [{ line: 'HEAD / HTTP/1.1' }],
    caller: [{ status: 200, to: 'HEAD', has: ['Content-Length: 5'], body: '' }],
    ...{ after: 'open', connections: 1 },
  },
  {
    ...{
      n: 313,
      section: '9110 §9.3.2',
      must: 'a body that comes for HEAD all the same is not passed on',
      side: 'response',
    },
    sends: [request('HEAD /')],
    answers: [answer('Content-Length: 5\r\n', 'hello')],
    origin: [{}],
    caller: [{ status: 200, to: 'HEAD', body: '' }],
    ...{ after: 'open', connections: 2 },
  },
  returns(
    { n: 314, section: '9112 §6.3', must: '204 has no body and no length' },
    'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
    { status: 204, body: '', lacks: ['content-length', 'transfer-encoding'] },
  ),
  returns(
    { n: 315, section: '9112 §6.1', must: '204 has no coding' },
    'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n',
    { status: 204, lacks: ['content-length', 'transfer-encoding'] },
  ),
  returns(
    { n: 316, section: '9112 §6.3', must: '304 has no body, whatever its length' },
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "x"\r\n\r\n',
    { status: 304, body: '', has: ['ETag: "x"'] },
  ),
  returns(
    { n: 317, section: '9112 §6.3', must: 'bytes behind 204 are no answer' },
    `HTTP/1.1 204 No Content\r\n\r\n${ok('evil')}`,
    { status: 204 },
    twoConnections,
  ),
  returns(
    { n: 318, section: '9112 §6.3', must: 'bytes behind an answer are no answer' },
    ok() + ok('evil'),
    { status: 200, body: 'ok' },
    twoConnections,
  ),
  returns(
    { n: 319, section: '9112 §6.3', must: 'nor are those behind chunks' },
    answer(chunked(), `2\r\nok\r\n0\r\n\r\n${ok('evil')}`),
    { status: 200, body: 'ok' },
    twoConnections,
  ),
  returns(
    { n: 320, section: '9112 §9.2', must: 'nor those that come later, while nothing is asked' },
    { send: [ok(), 50, ok('evil')] },
    { status: 200, body: 'ok' },
    { sends: [request('GET /'), 150], ...twoConnections },
  ),
  ...(['fin', 'reset'] as const).flatMap((end, i): Case[] => [
    returns(
      {
        n: 321 + 3 * i,
        section: '9112 §8',
        must: `an answer with a length that breaks off (${end}) is incomplete for the caller`,
      },
      { send: [answer('Content-Length: 100000\r\n', 'x'.repeat(9000)), 50], end },
      { status: 200 },
      { caller: [], after: 'cut' },
    ),
    returns(
      { n: 322 + 3 * i, section: '9112 §8', must: `chunks that break off (${end}) are incomplete` },
      { send: [answer(chunked(), '2\r\nok\r\n'), 50], end },
      { status: 200 },
      { caller: [], after: 'cut' },
    ),
    badGateway(323 + 3 * i, '9112 §8', `an answer that breaks off (${end}) within its head is a 502`, {
      send: ['HTTP/1.1 200 OK\r\nX-A: ', 50],
      end,
    }),
  ]),
  returns(
    { n: 327, section: '9112 §8', must: 'chunks that are none are an incomplete answer' },
    answer(chunked(), '2\r\nok\r\nxyz\r\n'),
    { status: 200 },
    { caller: [], after: 'cut' },
  ),
  returns(
    { n: 328, section: '9112 §7.1', must: 'a chunk size that would overflow cuts the answer' },
    answer(chunked(), '2\r\nok\r\nfffffffffffffffff\r\n'),
    { status: 200 },
    { caller: [], after: 'cut' },
  ),
  returns(
    { n: 329, section: '9110 §6.5.1', must: 'trailers that frame are not merged, nor passed on' },
    answer(chunked(), '2\r\nok\r\n0\r\nContent-Length: 9\r\nX-A: 1\r\n\r\n'),
    { status: 200, body: 'ok', lacks: ['content-length'], trailers: ['X-A: 1'] },
  ),
  returns(
    { n: 330, section: '9112 §6.1', must: 'chunks in an answer of HTTP/1.0 end its connection' },
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    { status: 200, body: 'ok' },
    twoConnections,
  ),
  returns(
    { n: 331, section: '9112 §9.3', must: 'a whole body is read before the connection is used again' },
    { send: [answer('Content-Length: 9000\r\n', 'x'.repeat(4000)), 50, 'y'.repeat(5000)] },
    { status: 200, body: 'x'.repeat(4000) + 'y'.repeat(5000) },
    { connections: 1 },
  ),
];
