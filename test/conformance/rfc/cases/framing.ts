import { broken, type Case, chunked, host, passes, refused, request } from '../case.ts';

const post = (lines: string, body = 'hello'): string => request('POST /', lines, body);
const te = (value: string): string => post(`Transfer-Encoding: ${value}\r\n`, '5\r\nhello\r\n0\r\n\r\n');
const length = (value: string): string => post(`Content-Length: ${value}\r\n`);

/** Where the body of a request ends (RFC 9112 §6 and §7). */
export const framing: readonly Case[] = [
  refused(
    201,
    '9112 §6.1',
    'Content-Length before Transfer-Encoding: refused or closed',
    post(`Content-Length: 5\r\n${chunked()}`, '0\r\n\r\n'),
  ),
  refused(
    202,
    '9112 §6.1',
    'Content-Length behind Transfer-Encoding',
    post(`${chunked()}Content-Length: 5\r\n`, '0\r\n\r\n'),
  ),
  refused(203, '9112 §6.3', 'a final coding that is not chunked is 400', te('gzip')),
  refused(204, '9112 §6.3', 'chunked that is not final', te('chunked, gzip')),
  refused(205, '9112 §6.1', 'chunked twice in one line', te('chunked, chunked')),
  refused(206, '9112 §6.1', 'chunked twice in two lines', post(chunked(chunked()), '0\r\n\r\n')),
  refused(207, '9112 §6.1', 'a coding that the linker does not know is not taken for chunked', te('xchunked')),
  refused(208, '9112 §6.1', 'a quoted coding is not chunked', te('"chunked"')),
  refused(209, '9112 §6.3', 'an empty Transfer-Encoding', te('')),
  refused(210, '9112 §6.3', 'identity is no coding any more', te('identity')),
  refused(
    211,
    '9112 §6.1',
    'chunks in HTTP/1.0 are faulty framing',
    `POST / HTTP/1.0\r\n${host}${chunked()}\r\n0\r\n\r\n`,
  ),
  refused(
    212,
    '9112 §6.1',
    'also beside a Content-Length',
    `POST / HTTP/1.0\r\n${host}Content-Length: 5\r\n${chunked()}\r\n0\r\n\r\n`,
  ),
  refused(213, '9112 §6.3', 'a length that is no number is 400 and closes', length('five')),
  refused(214, '9112 §6.3', 'an empty length', length('')),
  refused(215, '9112 §6.3', 'a negative length', length('-5')),
  refused(216, '9112 §6.3', 'a length with a sign', length('+5')),
  refused(217, '9112 §6.3', 'a length in hexadecimal', length('0x5')),
  refused(218, '9112 §6.3', 'a length with a fraction', length('5.0')),
  refused(219, '9112 §6.3', 'two numbers and a blank', length('5 5')),
  refused(220, '9112 §6.3', 'two lengths that differ', post('Content-Length: 5\r\nContent-Length: 6\r\n')),
  refused(221, '9112 §6.3', 'a list of lengths that differ', length('5, 6')),
  refused(222, '9112 §6.3', 'a list of equal lengths is one length or refused, and never passed on', length('5, 5')),
  refused(223, '9112 §6.3', 'so are two lines of one length', post('Content-Length: 5\r\nContent-Length: 5\r\n')),
  refused(224, '9112 §6.3', 'a length that would overflow', length('18446744073709551621')),
  passes(
    { n: 225, section: '9112 §6.3', must: 'a length of zero is a body of none, and the next request follows' },
    post('Content-Length: 0\r\n', ''),
    {
      body: '',
    },
  ),
  passes({ n: 226, section: '9112 §6.3', must: 'without length or coding there is no body' }, request('POST /'), {
    body: '',
  }),
  passes(
    { n: 227, section: '9112 §6.3', must: 'a GET may have a body, which is none of the next request' },
    request('GET /', 'Content-Length: 5\r\n', 'GET /'),
    {
      body: 'GET /',
    },
  ),
  {
    ...{
      n: 228,
      section: '9112 §6.3',
      must: 'exactly the length announced is the body, the rest is the next request',
      side: 'request',
    },
    sends: [length('5') + request('GET /next')],
    origin: [{ body: 'hello', framing: 'length' }, { line: 'GET /next HTTP/1.1' }],
    ...{ caller: [{ status: 200 }, { status: 200 }], after: 'open' },
  },
  {
    ...{
      n: 229,
      section: '9112 §6.3',
      must: 'a caller that ends inside a body has sent an incomplete request',
      side: 'request',
    },
    sends: [post('Content-Length: 50\r\n'), 50, 'half-close'],
    ...{ origin: [{ partial: true }], caller: [], after: 'closed' },
  },
  {
    ...{ n: 230, section: '9112 §8', must: 'so has one that ends inside a long body, or resets', side: 'request' },
    sends: [post('Content-Length: 500000\r\n', 'x'.repeat(10_000)), { arrived: 1 }, 'reset'],
    ...{ origin: [{ partial: true }], caller: [], after: 'left' },
  },
  {
    ...{ n: 231, section: '9112 §8', must: 'chunks without the last one are an incomplete request', side: 'request' },
    sends: [post(chunked(), '5\r\nhello\r\n'), { arrived: 1 }, 'half-close'],
    ...{ origin: [{ partial: true }], caller: [], after: 'closed' },
  },
  passes(
    { n: 232, section: '9112 §7.1', must: 'chunked is understood and undone' },
    post(chunked(), '1\r\nh\r\n0004\r\nello\r\n000\r\n\r\n'),
    {
      body: 'hello',
      lacks: ['content-length'],
    },
  ),
  passes(
    { n: 233, section: '9112 §7.1', must: 'sizes are hexadecimal in either case' },
    post(chunked(), `A\r\n${'x'.repeat(10)}\r\nb\r\n${'y'.repeat(11)}\r\n0\r\n\r\n`),
    {
      body: `${'x'.repeat(10)}${'y'.repeat(11)}`,
    },
  ),
  passes(
    { n: 234, section: '9112 §7.1.1', must: 'chunk extensions that are not known are read over' },
    post(chunked(), '5;a;b=c;d="e;f"\r\nhello\r\n0;last\r\n\r\n'),
    {
      body: 'hello',
    },
  ),
  passes(
    { n: 235, section: '9110 §5.6.3', must: 'a blank before an extension is read over' },
    post(chunked(), '5 ;a\r\nhello\r\n0\t;b\r\n\r\n'),
    {
      body: 'hello',
    },
  ),
  broken(236, '9112 §7.1', 'a size that would overflow is not taken', '10000000000000005\r\nhello\r\n0\r\n\r\n'),
  broken(237, '9112 §7.1', 'a size that would lose precision is not taken', '20000000000001\r\nhello\r\n0\r\n\r\n'),
  broken(238, '9112 §7.1', 'a size with 0x is none', '0x5\r\nhello\r\n0\r\n\r\n'),
  broken(239, '9112 §7.1', 'a negative size is none', '-5\r\nhello\r\n0\r\n\r\n'),
  broken(240, '9112 §7.1', 'a size is not empty', '\r\nhello\r\n0\r\n\r\n'),
  broken(241, '9112 §7.1', 'a line of a chunk ends with CRLF, not LF', '5\nhello\r\n0\r\n\r\n'),
  broken(242, '9112 §7.1', 'so does its data', '5\r\nhello\n0\r\n\r\n'),
  broken(243, '9112 §7.1', 'data is as long as its size', '4\r\nhello\r\n0\r\n\r\n'),
  broken(244, '9112 §7.1', 'nothing comes between size and line end', '5 \r\nhello\r\n0\r\n\r\n'),
  broken(245, '9112 §7.1', 'an LF in an extension is no line end', '5;a\nhello\r\n0\r\n\r\n'),
  {
    ...{
      n: 246,
      section: '9112 §6.2',
      must: 'a request that goes on has a length or a coding, never both',
      side: 'request',
    },
    sends: [post(chunked(), '5\r\nhello\r\n0\r\n\r\n') + length('5')],
    origin: [
      { has: ['Transfer-Encoding: chunked'], lacks: ['content-length'] },
      { has: ['Content-Length: 5'], lacks: ['transfer-encoding'] },
    ],
    ...{ caller: [{ status: 200 }, { status: 200 }], after: 'open' },
  },
  passes(
    { n: 247, section: '9110 §6.5.1', must: 'trailers that frame or route are not merged, nor passed on' },
    post(chunked(), '5\r\nhello\r\n0\r\nContent-Length: 9\r\nHost: evil\r\nTransfer-Encoding: x\r\nX-A: 1\r\n\r\n'),
    {
      has: ['Host: {host}', 'Transfer-Encoding: chunked'],
      trailers: ['X-A: 1'],
    },
  ),
];
