import { type Case, host, ok, passes, refused, request } from '../case.ts';

const raw = (start: string, lines: string): string => `${start}\r\n${lines}\r\n`;

/** Targets and Host (RFC 9112 §3.2, RFC 9110 §4 and §7). */
export const target: readonly Case[] = [
  {
    ...{ n: 101, section: '9112 §3.2', must: 'a request without Host is 400', side: 'request' },
    sends: [raw('GET / HTTP/1.1', 'X-A: 1\r\n')],
    ...{ origin: [], caller: [{ status: 400 }], after: 'open' },
  },
  refused(102, '9112 §3.2', 'two Hosts are 400, equal or not', raw('GET / HTTP/1.1', `${host}${host}`)),
  refused(103, '9112 §3.2', 'two Hosts that differ', raw('GET / HTTP/1.1', `${host}Host: other\r\n`)),
  refused(
    104,
    '9112 §3.2',
    'two Hosts, also where the target is absolute',
    raw('GET http://{host}/ HTTP/1.1', `${host}Host: other\r\n`),
  ),
  refused(105, '9112 §3.2', 'a Host with a blank is 400', raw('GET / HTTP/1.1', 'Host: {host} other\r\n')),
  refused(106, '9112 §3.2', 'a Host with a path is 400', raw('GET / HTTP/1.1', 'Host: {host}/path\r\n')),
  refused(107, '9112 §3.2', 'a Host with a user is 400', raw('GET / HTTP/1.1', 'Host: user@{host}\r\n')),
  refused(108, '9112 §3.2', 'a Host that is a list is 400', raw('GET / HTTP/1.1', 'Host: {host}, other\r\n')),
  refused(109, '9112 §3.2', 'a Host with a port that is no number is 400', raw('GET / HTTP/1.1', 'Host: {host}x\r\n')),
  refused(110, '9112 §3.2', 'two Hosts are 400 in HTTP/1.0 too', raw('GET / HTTP/1.0', `${host}Host: other\r\n`)),
  passes(
    {
      n: 111,
      section: '9112 §3.2.2',
      must: 'an absolute target is taken, its authority is the Host, whatever Host said',
    },
    raw('GET http://{host}/a?b HTTP/1.1', 'Host: other.invalid\r\n'),
    { line: 'GET /a?b HTTP/1.1', has: ['Host: {host}'] },
  ),
  passes(
    { n: 112, section: '9112 §3.2.2', must: 'the new Host is the only one' },
    raw('GET http://{host}/ HTTP/1.1', 'X-A: 1\r\nhOST: other.invalid\r\n'),
    { has: ['Host: {host}'] },
  ),
  passes(
    { n: 113, section: '9112 §3.2.2', must: 'an absolute target in HTTP/1.0 without Host makes one' },
    raw('GET http://{host}/ HTTP/1.0', ''),
    { has: ['Host: {host}'] },
    'closed',
  ),
  passes(
    { n: 114, section: '9112 §3.2.1', must: 'an empty path goes on as /' },
    raw('GET http://{host} HTTP/1.1', host),
    {
      line: 'GET / HTTP/1.1',
    },
  ),
  passes({ n: 115, section: '9112 §3.2.1', must: 'also before a query' }, raw('GET http://{host}?q HTTP/1.1', host), {
    line: 'GET /?q HTTP/1.1',
  }),
  passes(
    { n: 116, section: '9112 §3.2.4', must: 'OPTIONS of an absolute target without path goes on as *' },
    raw('OPTIONS http://{host} HTTP/1.1', host),
    {
      line: 'OPTIONS * HTTP/1.1',
    },
  ),
  passes({ n: 117, section: '9112 §3.2.4', must: 'OPTIONS * goes on as it is' }, request('OPTIONS *'), {
    line: 'OPTIONS * HTTP/1.1',
  }),
  refused(118, '9110 §7.1', '* is a target of OPTIONS alone', request('GET *')),
  refused(119, '9110 §4.2.1', 'an http target without host is not taken', raw('GET http:///a HTTP/1.1', host)),
  refused(120, '9110 §4.2.1', 'nor one of a port alone', raw('GET http://:80/a HTTP/1.1', host)),
  passes(
    { n: 121, section: '9110 §4.2.4', must: 'a user in a target goes no further' },
    raw('GET http://user:secret@{host}/a HTTP/1.1', host),
    { line: 'GET /a HTTP/1.1', has: ['Host: {host}'] },
  ),
  passes(
    { n: 122, section: '9110 §7.7', must: 'path and query are not touched' },
    request("GET /a/../b//%2e%2E/%zz;x=1?q=%00&&r[]={}|^~!$'()*+,=:@"),
    { line: "GET /a/../b//%2e%2E/%zz;x=1?q=%00&&r[]={}|^~!$'()*+,=:@ HTTP/1.1" },
  ),
  passes(
    { n: 123, section: '9110 §7.7', must: 'nor are those of an absolute target' },
    raw('GET http://{host}/a/./b/../?http://x/ HTTP/1.1', host),
    { line: 'GET /a/./b/../?http://x/ HTTP/1.1' },
  ),
  refused(124, '9112 §3.2.3', 'a CONNECT without a port is 400', raw('CONNECT web HTTP/1.1', 'Host: web\r\n')),
  refused(125, '9110 §9.3.6', 'a CONNECT with an empty port is 400', raw('CONNECT web: HTTP/1.1', 'Host: web:\r\n')),
  refused(
    126,
    '9110 §9.3.6',
    'a CONNECT with a port that is none is 400',
    raw('CONNECT web:99999 HTTP/1.1', 'Host: web:99999\r\n'),
  ),
  refused(127, '9112 §3.2.3', 'a CONNECT with a URI is 400', raw('CONNECT http://{host}/ HTTP/1.1', host)),
  refused(128, '9112 §3.2.3', 'a CONNECT with a path is 400', raw('CONNECT /a HTTP/1.1', host)),
  refused(
    129,
    '9110 §9.3.6',
    'a CONNECT has no content: a length is not taken',
    raw('CONNECT {host} HTTP/1.1', `${host}Content-Length: 5\r\n`),
  ),
  refused(130, '9110 §9.3.6', 'nor chunks', raw('CONNECT {host} HTTP/1.1', `${host}Transfer-Encoding: chunked\r\n`)),
  {
    ...{
      n: 131,
      section: '9110 §9.3.6',
      must: 'a 2xx to CONNECT has no Content-Length and no Transfer-Encoding',
      side: 'request',
    },
    sends: [raw('CONNECT {host} HTTP/1.1', host), { hear: '\r\n\r\n' }, request('GET /inside')],
    origin: [{ line: 'GET /inside HTTP/1.1' }],
    caller: [
      { status: 200, to: 'CONNECT', lacks: ['content-length', 'transfer-encoding'] },
      { status: 200, body: 'ok' },
    ],
    after: 'open',
  },
  {
    ...{ n: 132, section: '9110 §9.3.6', must: 'a tunnel goes where the target says, not Host', side: 'request' },
    // What goes through it is no HTTP for the linker, and is for the origin.
    sends: [raw('CONNECT {host} HTTP/1.1', 'Host: other.invalid:1\r\n'), { hear: '\r\n\r\n' }, request('get-it /raw')],
    origin: [{ line: 'get-it /raw HTTP/1.1', lacks: ['via'] }],
    caller: [
      { status: 200, to: 'CONNECT' },
      { status: 200, body: 'ok' },
    ],
    after: 'open',
  },
  {
    ...{
      n: 133,
      section: '9110 §9.3.6',
      must: 'what comes out of a closed side of a tunnel is still passed on, then both close',
      side: 'response',
    },
    sends: [raw('CONNECT {host} HTTP/1.1', host), { hear: '\r\n\r\n' }, request('get-it /raw')],
    answers: [{ send: [ok('last')], end: 'fin' }],
    origin: [{ line: 'get-it /raw HTTP/1.1' }],
    caller: [
      { status: 200, to: 'CONNECT' },
      { status: 200, body: 'last' },
    ],
    after: 'closed',
  },
  {
    ...{ n: 134, section: '9110 §7.6.2', must: 'OPTIONS with Max-Forwards 0 is answered here', side: 'request' },
    sends: [request('OPTIONS /', 'Max-Forwards: 0\r\n')],
    ...{ origin: [], caller: [{ status: 200 }], after: 'open' },
  },
  {
    ...{ n: 135, section: '9110 §7.6.2', must: 'TRACE with Max-Forwards 0 is answered here', side: 'request' },
    sends: [request('TRACE /', 'Max-Forwards: 0\r\n')],
    ...{ origin: [], caller: [{ status: 200 }], after: 'open' },
  },
  passes(
    { n: 136, section: '9110 §7.6.2', must: 'Max-Forwards is one less behind the linker' },
    request('OPTIONS /', 'Max-Forwards: 7\r\n'),
    {
      has: ['Max-Forwards: 6'],
    },
  ),
  passes({ n: 137, section: '9110 §9.3.7', must: 'none is made where there was none' }, request('OPTIONS /'), {
    lacks: ['max-forwards'],
  }),
  passes(
    { n: 138, section: '9110 §7.6.2', must: 'other methods keep it, whatever it says' },
    request('GET /', 'Max-Forwards: 0\r\n'),
    {
      has: ['Max-Forwards: 0'],
    },
  ),
  {
    ...{
      n: 139,
      section: '9112 §3.2',
      must: 'an empty Host goes on as one empty Host',
      side: 'request',
      router: 'path',
    },
    sends: [raw('GET /{host}/a HTTP/1.1', 'X-A: 1\r\nHost:\r\nX-B: 2\r\nConnection: close\r\n')],
    origin: [{ has: ['Host: ', 'X-A: 1', 'X-B: 2'] }],
    caller: [{ status: 200 }],
    after: 'closed',
  },
];
