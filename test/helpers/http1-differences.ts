import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { isAuthority } from '#sidecar/protocol/authority.ts';
import { requestNames } from '#sidecar/protocol/mesh-fields.ts';
import type { Reading, ReadRequest } from './read-messages.ts';

/** Ways of writing a request on which the two part on purpose. */
export interface Difference {
  readonly what: string;
  readonly why: string;
  /** Whether a text has it, or the request on which the two part, as the linker took it or, where it refuses, Node. */
  readonly is: RegExp | ((taken: ReadRequest) => boolean);
  readonly example: string;
}

/** What Node takes and the linker refuses. */
export const stricter: readonly Difference[] = [
  {
    what: 'another version than 1.0 and 1.1, or none',
    why: 'The linker would answer and forward in a version that was not asked for.',
    is: /[A-Z]+ +\S+( HTTP\/(0\.9|2\.0))?\r?\n/,
    example: 'GET / HTTP/2.0\r\nHost: web\r\n\r\n',
  },
  {
    what: 'several blanks in the request line',
    why: 'RFC 9112 §3 allows one; origins differ on what the target is.',
    is: /[A-Z]+( {2,}\S+ +| \S+ {2,})HTTP\//,
    example: 'GET  / HTTP/1.1\r\nHost: web\r\n\r\n',
  },
  {
    what: 'a bare line end before the request line',
    why: 'Empty lines there are CRLF (RFC 9112 §2.2).',
    is: /(^|[^\r])\n[A-Z]|\r[A-Z]/,
    example: '\nGET / HTTP/1.1\r\nHost: web\r\n\r\n',
  },
  {
    what: 'a length of more than 15 digits',
    why: 'More than 2^53 could not be counted exactly.',
    is: /^content-length:[\t ]*\d{16,}/im,
    example: 'POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 0000000000000001\r\n\r\na',
  },
  {
    what: 'another coding before chunked',
    why: 'The linker undoes chunks only, and would forward a coding it does not know.',
    is: /^transfer-encoding:([^\r\n]*,[\t ]*chunked|(?![\t ]*chunked[\t ]*\r)[\s\S]*^transfer-encoding:[\t ]*chunked)/im,
    example: 'POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  },
  {
    what: 'chunks in HTTP/1.0',
    why: 'RFC 9112 §6.1: the framing is faulty.',
    is: /HTTP\/1\.0\r[\s\S]*^transfer-encoding:/im,
    example: 'POST / HTTP/1.0\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  },
  {
    what: 'more than one Host',
    why: 'RFC 9112 §3.2; the linker routes by it, and the origin may by the other.',
    is: /^host:[\s\S]*^host:/im,
    example: 'GET / HTTP/1.1\r\nHost: web\r\nHost: web\r\n\r\n',
  },
  {
    what: 'a chunk size of more than 13 digits',
    why: 'More than 2^53 could not be counted exactly, and zeros before it are used to hide it.',
    is: /^[0-9a-f]{14,}[\t ;\r]/im,
    example: 'POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n00000000000001\r\na\r\n0\r\n\r\n',
  },
  {
    what: 'an absolute target without a host',
    why: 'There is nothing to route by.',
    is: /[A-Z]+ https?:\/\/([^\s/@]*@)?([/?#\s:]|\S*@)/i,
    example: 'GET http:///a HTTP/1.1\r\nHost: web\r\n\r\n',
  },
  {
    what: 'a Host that is none',
    why: 'RFC 9112 §3.2 asks for 400; the linker routes by it, and the origin may read it otherwise.',
    is: /^host:(?![\t ]*(\[[\w:]+\]|[\w\-.~%!$&'()*+,;=]*)(:\d*)?[\t ]*\r)/im,
    example: 'GET / HTTP/1.1\r\nHost: web/a\r\n\r\n',
  },
  {
    what: 'an absolute target with a host that is none',
    why: 'RFC 9112 §3.2.2 makes it the Host, which it cannot be.',
    is: ({ headers }) => headers.some(([name, value]) => name === 'Host' && !isAuthority(value)),
    example: 'GET http://[a/ HTTP/1.1\r\nHost: web\r\n\r\n',
  },
  {
    what: 'the target * of another method than OPTIONS',
    why: 'RFC 9110 §7.1: it means the server as a whole.',
    is: ({ method, target }) => target === '*' && method !== 'OPTIONS',
    example: 'POST * HTTP/1.1\r\nHost: web\r\n\r\n',
  },
];

/** What the linker takes and Node refuses. */
export const wider: readonly Difference[] = [
  {
    what: 'a method that Node does not know',
    why: 'The list of methods is open (RFC 9110 §16.1), and not for the linker to close.',
    is: ({ method }) => !METHODS.includes(method),
    example: 'BREW / HTTP/1.1\r\nHost: web\r\n\r\n',
  },
  {
    what: 'a target in no form of the RFC',
    why: 'As Linkerd does; it goes on as it came and the origin judges it.',
    is: ({ target }) => !/^(\/|\*$|[a-z]+:\/\/[\w.:@[\]]+(\/|$))/i.test(target),
    example: 'GET foo HTTP/1.1\r\nHost: web\r\n\r\n',
  },
  {
    what: 'a tab behind chunked',
    why: 'It is no part of the value (RFC 9110 §5.5).',
    is: /^transfer-encoding:[\t ]*chunked[\t ]*\t[\t ]*\r$/im,
    example: 'POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n',
  },
  {
    what: 'framing fields behind a body',
    why: 'They do not go on.',
    is: /\r\n0+(;[^\r\n]*)?\r\n([^\r\n]+\r\n)*(content-length|transfer-encoding|host):/i,
    example: 'POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n',
  },
  {
    what: 'odd chunk extensions',
    why: 'The linker reads over them and never sends them on.',
    is: /^[0-9a-f]{1,13}[\t ]*;[\t\x20-\x7e\x80-\xff]*\r$/im,
    example: 'POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n1 ;\r\na\r\n0\r\n\r\n',
  },
];

/** Where the linker takes a further request and Node has ended the connection. */
export const further: readonly Difference[] = [
  {
    what: 'Connection behind a body',
    why: 'Trailers say nothing of the connection: they are dropped.',
    is: /\r\n0+(;[^\r\n]*)?\r\n([^\r\n]+\r\n)*connection:/i,
    example:
      'POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: web\r\n\r\n',
  },
];

const taken = new Set([
  ...[
    'content-length',
    'transfer-encoding',
    'connection',
    'upgrade',
    'via',
    'te',
    'proxy-authorization',
    'proxy-connection',
  ],
  'l5d-dtab',
]);

/** A request as Node reads it, in the form in which the linker would send it on. */
function onward(read: ReadRequest): ReadRequest {
  const listed = read.headers.flatMap(([name, value]) => (name.toLowerCase() === 'connection' ? value.split(',') : []));
  const dropped = new Set(listed.map((name) => name.trim().toLowerCase()).filter((name) => name !== 'host'));
  const headers = read.headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (taken.has(lower) || dropped.has(lower) || (lower === 'host' && value === '')) return [];
    if (lower === 'expect') return value.toLowerCase() === '100-continue' ? [] : [['Expect', value] as const];
    return [[lower === 'keep-alive' ? 'Keep-Alive' : name, value] as const];
  });
  // The linker puts Keep-Alive behind the other fields.
  const last = ([name]: readonly [string, string]) => (name.toLowerCase() === 'keep-alive' ? 1 : 0);
  headers.sort((a, b) => last(a) - last(b));
  const url = /^https?:\/\/(?:[^@/]*@)?([^/?#]*)(.*)$/i.exec(read.target);
  const trailers = read.trailers.filter(
    ([name]) =>
      !/^(keep-alive$|l5d-)/i.test(name) &&
      !(name.toLowerCase() in requestNames) &&
      !taken.has(name.toLowerCase()) &&
      !dropped.has(name.toLowerCase()),
  );
  if (url === null) return { ...read, headers, trailers };
  const [, host = '', rest = ''] = url;
  const bare = read.method === 'OPTIONS' && rest === '' ? '*' : `/${rest}`;
  return {
    ...read,
    trailers,
    target: rest.startsWith('/') ? rest : bare,
    headers: [['Host', host], ...headers.filter(([name]) => name.toLowerCase() !== 'host')],
  };
}

type Step = ReadRequest | 'refused' | 'over';

/**
 * The readings as one sequence. A request whose body did not come to its end counts by its head; one whose body was
 * refused does not count, for one of the two may have seen from the head alone that it is bad.
 */
function steps({ requests: read, refused }: Reading): readonly Step[] {
  const all = refused && read.at(-1)?.whole === false ? read.slice(0, -1) : read;
  return [...all.map((r) => (r.whole ? r : { ...r, body: '', last: false })), refused ? 'refused' : 'over'];
}

/** A proxy keeps no connection of HTTP/1.0 (RFC 9112 §9.3), Node does: what is behind such a request does not count. */
function upToOld(reading: Reading): Reading {
  const at = reading.requests.findIndex(({ minor, whole }) => minor === 0 && whole);
  if (at < 0) return reading;
  const requests = reading.requests.slice(0, at + 1);
  return { requests: requests.map((r, i) => (i === at ? { ...r, last: true } : r)), refused: false };
}

/** Where the two part: `same`, the class that explains it, or a failure. */
export function compare(text: string, node: Reading, linker: Reading): string {
  const theirs = steps(upToOld({ ...node, requests: node.requests.map(onward) }));
  const ours = steps(linker);
  const at = ours.findIndex((step, i) => JSON.stringify(step) !== JSON.stringify(theirs[i]));
  if (at < 0) return 'same';
  const [our, their] = [ours[at], theirs[at]];
  // Where Node has ended the connection, what the linker goes on to read may be no request.
  const known = [
    ...(our === 'refused' ? stricter : their === 'refused' ? wider : []),
    ...(their === 'over' ? further : []),
  ];
  const found = known.find(({ is }) => {
    if (is instanceof RegExp) return is.test(text);
    const request = typeof our === 'object' ? our : their;
    return typeof request === 'object' && is(request);
  });
  if (found !== undefined) return found.what;
  return assert.deepEqual({ [JSON.stringify(text)]: our }, { [JSON.stringify(text)]: their }) ?? '';
}
