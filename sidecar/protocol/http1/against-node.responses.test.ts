import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { damaged, pieces, response } from '#test/helpers/http1-arbitraries.ts';
import { type Readers, type ReadResponse, responseReaders } from '#test/helpers/read-responses.ts';

// The same bytes go to Node's own client (llhttp) and to the linker's, over real connections. Both must see the same
// response, with the same framing and fields, or none, but for the classes listed here.

/** Ways of writing a response on which the two part on purpose. */
interface Class {
  readonly what: string;
  readonly why: string;
  readonly is: RegExp;
  readonly example: string;
}

/** What Node takes and the linker refuses. */
const stricter: readonly Class[] = [
  {
    what: 'another version than 1.0 and 1.1',
    why: 'It would be passed on as 1.1.',
    is: /(HTTP\/(0\.9|2\.0)|RTSP\/1\.0|ICY) /,
    example: 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n',
  },
  {
    what: 'a status below 100',
    why: 'There is none (RFC 9110 §15).',
    is: /HTTP\/1\.\d 0\d\d/,
    example: 'HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n',
  },
  {
    what: 'a control byte in a reason phrase',
    why: 'RFC 9112 §4 allows none.',
    is: /HTTP\/1\.\d \d{3} [^\r\n]*[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/,
    example: 'HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n',
  },
  {
    what: 'a bare line end, or part of one, before the status line',
    why: 'Nothing belongs there.',
    is: /(^|\n)(\r|\n|\r\n)+HTTP\//,
    example: '\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  },
  {
    what: 'another coding than chunked',
    why: 'The linker undoes chunks only, and would pass on a body whose end it does not know.',
    is: /transfer-encoding:(?![\t ]*chunked[\t ]*\r\n)/i,
    example: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  },
  {
    what: 'more than one Transfer-Encoding',
    why: 'Chunked may be applied once (RFC 9112 §6.1); Node undoes it once and takes the rest for a body.',
    is: /transfer-encoding:[\s\S]*\r\ntransfer-encoding:/i,
    example: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  },
  {
    what: 'a length of more than 15 digits',
    why: 'More than 2^53 could not be counted exactly.',
    is: /content-length:[\t ]*\d{16,}/i,
    example: 'HTTP/1.1 200 OK\r\nContent-Length: 0000000000000000\r\n\r\n',
  },
  {
    what: 'another protocol',
    why: 'The linker did not ask for one.',
    is: /HTTP\/1\.\d 101/,
    example: 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  },
];

/** What the linker takes and Node refuses, or takes for something else. */
const wider: readonly Class[] = [
  {
    what: 'a tab behind chunked',
    why: 'It is no part of the value (RFC 9110 §5.5); Node passes the chunks on as a body.',
    is: /transfer-encoding:[\t ]*chunked[\t ]*\t[\t ]*\r\n/i,
    example: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n1\r\na\r\n0\r\n\r\n',
  },
  {
    what: 'an interim answer in HTTP/1.0',
    why: 'It says nothing of the answer behind it; Node takes the connection for over.',
    is: /HTTP\/1\.0 1\d\d/,
    example: 'HTTP/1.0 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  },
  {
    what: 'framing fields behind a body',
    why: 'They do not go on.',
    is: /\r\n0+(;[^\r\n]*)?\r\n([^\r\n]+\r\n)*(content-length|transfer-encoding):/i,
    example: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n',
  },
  {
    what: 'odd chunk extensions',
    why: 'The linker reads over them and never sends them on.',
    is: /[0-9a-f]{1,13}[\t ]*;[\t\x20-\x7e\x80-\xff]*\r\n/i,
    example: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 ;\r\na\r\n0\r\n\r\n',
  },
];

const taken = new Set([
  ...['content-length', 'transfer-encoding', 'connection', 'upgrade', 'via', 'te', 'proxy-authorization'],
]);

/** A response as Node reads it, in the form in which the linker would send it on. */
function onward(read: ReadResponse): ReadResponse {
  const listed = read.headers.flatMap(([name, value]) => (name.toLowerCase() === 'connection' ? value.split(',') : []));
  const dropped = new Set(listed.map((name) => name.trim().toLowerCase()).filter((name) => name !== 'host'));
  const headers = read.headers.filter(([name]) => !taken.has(name.toLowerCase()) && !dropped.has(name.toLowerCase()));
  // The linker puts Keep-Alive behind the other fields.
  const last = ([name]: readonly [string, string]) => (name.toLowerCase() === 'keep-alive' ? 1 : 0);
  headers.sort((a, b) => last(a) - last(b));
  const trailers = read.trailers.filter(([name]) => !taken.has(name.toLowerCase()) && !/^keep-alive$/i.test(name));
  return { ...read, headers, trailers };
}

/** `same`, the class that explains the difference, or a failure. A response without its end is none. */
function compare(text: string, node: ReadResponse | undefined, linker: ReadResponse | undefined): string {
  const ours = linker?.whole === true ? linker : undefined;
  const theirs = node?.whole === true ? onward(node) : undefined;
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return 'same';
  const known = ours === undefined ? stricter : wider;
  const found = known.find(({ is }) => is.test(text));
  if (found !== undefined) return found.what;
  return assert.deepEqual({ [JSON.stringify(text)]: ours }, { [JSON.stringify(text)]: theirs }) ?? '';
}

const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD');
const gather = fc.constantFrom(0, 1000);

describe('responses', () => {
  let readers: Readers;
  before(async () => {
    readers = await responseReaders();
  });
  after(() => readers.close());

  test('that are well-formed are read as Node reads them', async () => {
    await fc.assert(
      fc.asyncProperty(pieces(response), method, gather, async (sent, asked, most) => {
        const linker = await readers.linker(asked, sent, most);
        assert.equal(linker?.whole, true);
        compare(sent.join(''), await readers.node(asked, sent), linker);
      }),
      { numRuns: 200 },
    );
  });

  test('that were damaged are refused where Node refuses them, or else read as Node reads them', async () => {
    await fc.assert(
      fc.asyncProperty(pieces(damaged(response)), method, gather, async (sent, asked, most) => {
        const linker = await readers.linker(asked, sent, most);
        compare(sent.join(''), await readers.node(asked, sent), linker);
      }),
      { numRuns: 400 },
    );
  });

  for (const { what, why, example } of [...stricter, ...wider]) {
    test(`on purpose not as Node: ${what}. ${why}`, async () => {
      const [node, linker] = [await readers.node('GET', [example]), await readers.linker('GET', [example], 0)];
      assert.equal(compare(example, node, linker), what);
    });
  }
});
