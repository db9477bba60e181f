import type { Piece } from '#test/helpers/send-pieces.ts';
import { obfuscated } from './obfuscated.ts';

/** A request that two readers might take for different ones; `{host}` is the origin, `{id}` a number of this attempt. */
export interface Variant {
  readonly class: string;
  readonly name: string;
  readonly method: string;
  readonly bytes: readonly Piece[];
}

/** What must never be seen as a request. */
const smuggled = 'GET /smuggled-{id} HTTP/1.1\r\nHost: {host}\r\nX-Rest: ';
const whole = `${smuggled}\r\n\r\n`;
/** Its length once its places are filled, which the reader of the table does: sizes are written as `{size}`. */
const chunk = `{size}\r\n${whole}\r\n0\r\n\r\n`;

const head = (lines: string, method = 'POST', target = '/attack-{id}'): string =>
  `${method} ${target} HTTP/1.1\r\nHost: {host}\r\n${lines}\r\n`;

const shown = (line: string): string => JSON.stringify(line).slice(1, -1);

const withBoth: readonly Variant[] = ['Transfer-Encoding: chunked', ...obfuscated].flatMap((te, i): Variant[] => {
  const kind = (name: string): string => (i === 0 ? name : 'TE.TE');
  const post = (name: string, lines: string, body: string): Variant => ({
    ...{ class: kind(name), name: `${name}, ${shown(lines)}`, method: 'POST', bytes: [head(lines) + body] },
  });
  return [
    post('CL.TE', `Content-Length: {rest}\r\n${te}\r\n`, `0\r\n\r\n${whole}`),
    post('CL.TE', `${te}\r\nContent-Length: {rest}\r\n`, `0\r\n\r\n${whole}`),
    // Another field altogether: behind the four bytes is the next request, and the origin may see it.
    ...(te.startsWith('Transfer_')
      ? []
      : [
          post('TE.CL', `Content-Length: 4\r\n${te}\r\n`, chunk),
          post('TE.CL', `${te}\r\nContent-Length: 4\r\n`, chunk),
        ]),
  ];
});

const bodies = (name: string, methods: readonly string[]): readonly Variant[] =>
  methods.map((method) => ({
    ...{
      class: name,
      name: `a body of ${method}`,
      method,
      bytes: [head('Content-Length: {rest}\r\n', method) + whole],
    },
  }));

const lengths: readonly string[] = [
  'Content-Length: 0\r\nContent-Length: {rest}',
  'Content-Length: {rest}\r\nContent-Length: 0',
  'Content-Length: {rest}\r\nContent-Length: {rest}',
  'Content-Length: {rest}, 0',
  'Content-Length: 0, {rest}',
  'Content-Length: +{rest}',
  'Content-Length: -{rest}',
  'Content-Length: {rest}.0',
  'Content-Length: {rest}e0',
  'Content-Length: {rest} ',
  'Content-Length: {rest}\x0b',
  'Content-Length: \x0c{rest}',
  'Content-Length: "{rest}"',
  'Content-Length: 0{rest}',
  'Content-Length:{rest}',
  'Content-Length:\t{rest}',
  'Content-Length : {rest}',
  'Content-Length\t: {rest}',
  'Content-Length:\r\n {rest}',
  'Content-Length\x00: {rest}',
  '\x00Content-Length: {rest}',
  ' Content-Length: {rest}',
  'X: 1\nContent-Length: {rest}',
  'X: 1\rContent-Length: {rest}',
  'Content-Length: {rest}\nX: 1',
  'Content-Length: 1 {rest}',
  'Content-Length: 18446744073709551616',
  'Content-Length: 0x10',
  'Connection: Content-Length\r\nContent-Length: {rest}',
  'Connection: close, Content-Length\r\nContent-Length: {rest}',
];

/** A length that one reader sees and the other does not: with the body, and without one. */
const hidden: readonly Variant[] = lengths.flatMap((line): Variant[] => [
  { class: 'CL.0', name: shown(line), method: 'POST', bytes: [head(`${line}\r\n`) + whole] },
  // A body that is there anyway does no harm; one that is not would be the next request.
  ...(/^(Connection: |Content-Length:[\t ]*0?\{rest\} ?$)/.test(line)
    ? []
    : [{ class: '0.CL', name: shown(line), method: 'GET', bytes: [head(`${line}\r\n`, 'GET')] }]),
]);

const expectations: readonly string[] = [
  'Expect: 100-continue',
  'Expect: 100-CONTINUE',
  'Expect:100-continue ',
  'Expect: 100-continue\r\nExpect: 100-continue',
  'Expect: 100-continue, 100-continue',
  'Expect: 100-continue;x',
  'Expect: y 100-continue',
  'Expect: "100-continue"',
  'Expect: 100-continue\x0b',
  'Expect: 100',
  'Expect: 200-ok',
  'Expect:',
  'Expect : 100-continue',
  'Expect:\r\n 100-continue',
  'Connection: Expect\r\nExpect: 100-continue',
];

const expecting: readonly Variant[] = expectations.flatMap((line): Variant[] => [
  ...['POST', 'GET'].map((method) => ({
    class: 'Expect',
    name: `${shown(line)}, ${method} and its body at once`,
    method,
    bytes: [head(`${line}\r\nContent-Length: {rest}\r\n`, method) + whole],
  })),
  {
    ...{ class: 'Expect', name: `${shown(line)}, the body later, in chunks`, method: 'POST' },
    bytes: [head(`${line}\r\nTransfer-Encoding: chunked\r\n`), 30, chunk],
  },
  {
    ...{ class: 'Expect', name: `${shown(line)}, a long body to an origin that answers early`, method: 'POST' },
    bytes: [head(`${line}\r\nContent-Length: {rest}\r\n`, 'POST', '/early-{id}'), 30, whole.padEnd(6000, 'x')],
  },
]);

/** Chunks whose lines end, or whose extensions are, in a way that readers differ on. */
const lines: Readonly<Record<string, string>> = {
  'LF behind a size': `{size}\n${whole}\r\n0\r\n\r\n`,
  'LF in an extension': `2;\nxx\r\n{size}\r\n${whole}\r\n0\r\n\r\n`,
  'LF in an extension, and a size behind it': `2;a\n{size}\r\n${whole}\r\n0\r\n\r\n`,
  'CR in an extension': `2;a\rxx\r\n{size}\r\n${whole}\r\n0\r\n\r\n`,
  'CR CR LF behind a size': `{size}\r\r\n${whole}\r\n0\r\n\r\n`,
  'LF CR behind a size': `{size}\n\r${whole}\r\n0\r\n\r\n`,
  'LF behind data': `2\r\nxx\n0\r\n\r\n${whole}`,
  'CR behind data': `2\r\nxx\r0\r\n\r\n${whole}`,
  'two other bytes behind data': `2\r\nxxYY0\r\n\r\n${whole}`,
  'one other byte behind data': `2\r\nxxY\r\n0\r\n\r\n${whole}`,
  'no line end behind data': `2\r\nxx0\r\n\r\n${whole}`,
  'data longer than its size': `2\r\nxxx\r\n0\r\n\r\n${whole}`,
  'a bare LF for the last line': `0\r\n\n${whole}`,
  'LF for both last lines': `0\n\n${whole}`,
  'CR for the last line': `0\r\n\r${whole}`,
  'a size of zero that is none': `0x{size}\r\n${whole}\r\n0\r\n\r\n`,
  'a size that overflows': `100000000000000000\r\n\r\n${whole}`,
  'a size with a sign': `+{size}\r\n${whole}\r\n0\r\n\r\n`,
  'a negative size': `-{size}\r\n${whole}\r\n0\r\n\r\n`,
  'a blank before a size': ` {size}\r\n${whole}\r\n0\r\n\r\n`,
  'a blank behind a size': `{size} \r\n${whole}\r\n0\r\n\r\n`,
  'a size with an underscore': `0_0\r\n${whole}\r\n0\r\n\r\n`,
  'a size in another base': `0o2\r\n${whole}\r\n0\r\n\r\n`,
  'an empty size': `\r\n\r\n${whole}`,
  'zeros before a size': `00000000000000000000{size}\r\n${whole}\r\n0\r\n\r\n`,
  'an extension of nothing': `{size};\r\n${whole}\r\n0\r\n\r\n`,
  'an extension that is quoted, with a line end in it': `2;a="\r\nxx\r\n{size}\r\n${whole}\r\n0\r\n\r\n`,
  'NUL in an extension': `{size};\0\r\n${whole}\r\n0\r\n\r\n`,
  'a trailer that is a length': `0\r\nContent-Length: 5\r\n\r\n`,
  'a trailer that is a coding': `0\r\nTransfer-Encoding: chunked\r\n\r\n`,
  'a trailer without colon': `0\r\nGET /smuggled-{id} HTTP/1.1\r\nHost: {host}\r\n\r\n`,
  'a trailer with a bare LF': `0\r\nX: 1\n\n${whole}`,
};

const chunks: readonly Variant[] = Object.entries(lines).map(([name, body]) => ({
  ...{ class: 'TERM.EXT', name, method: 'POST', bytes: [head('Transfer-Encoding: chunked\r\n') + body] },
}));

/** The head, a long pause, and then what would be a request for whoever has stopped waiting. */
const pauses: readonly Variant[] = [
  ['long body', 'Content-Length: {rest}\r\n', whole.padEnd(6000, 'x')],
  ['short body', 'Content-Length: {rest}\r\n', whole],
  ['chunks', 'Transfer-Encoding: chunked\r\n', chunk],
  ['chunks that begin', 'Transfer-Encoding: chunked\r\n', `1\r\nx\r\n${chunk}`],
].map(([name = '', framing = '', body = '']) => ({
  ...{ class: 'pause', name, method: 'POST', bytes: [head(framing), 2200, body] },
}));

const early: readonly Variant[] = [
  { name: 'a long body', bytes: [head('Content-Length: {rest}\r\n', 'POST', '/early-{id}') + whole.padEnd(6000, 'x')] },
  {
    name: 'a long body that comes later',
    bytes: [head('Content-Length: {rest}\r\n', 'POST', '/early-{id}'), 60, whole.padEnd(6000, 'x')],
  },
  { name: 'a short body', bytes: [head('Content-Length: {rest}\r\n', 'POST', '/early-{id}') + whole] },
  { name: 'chunks that come later', bytes: [head('Transfer-Encoding: chunked\r\n', 'POST', '/early-{id}'), 60, chunk] },
  {
    name: 'chunks in two pieces',
    bytes: [`${head('Transfer-Encoding: chunked\r\n', 'POST', '/early-{id}')}{size}\r\n`, 60, `${whole}\r\n0\r\n\r\n`],
  },
  {
    name: 'a body of GET',
    method: 'GET',
    bytes: [head('Content-Length: {rest}\r\n', 'GET', '/early-{id}'), 60, whole.padEnd(6000, 'x')],
  },
].map((one) => ({ class: 'early', method: 'POST', ...one }));

const others: readonly Variant[] = [
  {
    name: 'HTTP/1.0 with chunks',
    bytes: [
      `POST /attack-{id} HTTP/1.0\r\nHost: {host}\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    ],
  },
  {
    name: 'CONNECT with a length',
    method: 'CONNECT',
    bytes: [`CONNECT {host} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\n\r\nxxxx${whole}`],
  },
  {
    name: 'CONNECT with chunks',
    method: 'CONNECT',
    bytes: [`CONNECT {host} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`],
  },
  {
    name: 'Upgrade with a body',
    bytes: [head('Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: {rest}\r\n') + whole],
  },
  {
    name: 'Upgrade to h2c with a body',
    bytes: [
      head(
        'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: {rest}\r\n',
      ) + whole,
    ],
  },
  { name: 'a target with a line end', bytes: [`GET /attack-{id}\r\nX: HTTP/1.1\r\nHost: {host}\r\n\r\n`] },
  { name: 'a line end before the request', bytes: [`\n\r\n${head('Content-Length: {rest}\r\n')}${whole}`] },
  {
    name: 'a Host that is two',
    bytes: [`POST /attack-{id} HTTP/1.1\r\nHost: {host}\r\nHost: other\r\nContent-Length: {rest}\r\n\r\n${whole}`],
  },
].map((one) => ({ class: 'other', method: 'POST', ...one }));

export const variants: readonly Variant[] = [
  ...withBoth,
  ...bodies('CL.0', ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'get', 'SEARCH']),
  ...[hidden, expecting, chunks, pauses, early, others].flat(),
];
