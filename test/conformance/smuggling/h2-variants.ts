import type { Fields } from '#test/helpers/h2-peer.ts';

/** A request in HTTP/2 that becomes another one, or two, where it is turned into HTTP/1.1 without care. */
export interface H2Variant {
  readonly class: string;
  readonly name: string;
  /** Without `heddle-h1`, which each gets as a linker would send it, unless it has its own. */
  readonly fields: Fields;
  /** Payloads of DATA frames; none where the head ends the stream. */
  readonly data: readonly string[];
  readonly trailers?: Fields;
}

const inside = 'GET /smuggled-{id} HTTP/1.1\r\nHost: {host}\r\n\r\n';
const line = '\r\n\r\nGET /smuggled-{id} HTTP/1.1\r\nHost: {host}\r\nX: ';

const pseudo = (method: string, path = '/attack-{id}'): Fields => [
  [':method', method],
  [':scheme', 'http'],
  [':path', path],
  [':authority', '{host}'],
];
const post = (...more: Fields): Fields => [...pseudo('POST'), ...more];
const but = (name: string, value: string): Fields => [
  ...pseudo('GET').map(([n, v]): [string, string] => [n, n === name ? value : v]),
];

type Row = readonly [name: string, fields: Fields];

const lengthRows: readonly Row[] = [
  ['0, and a body', [['content-length', '0']]],
  ['too short', [['content-length', '3']]],
  ['too long', [['content-length', '3000']]],
  [
    'two that differ',
    [
      ['content-length', '0'],
      ['content-length', '{rest}'],
    ],
  ],
  ['a list', [['content-length', '0, {rest}']]],
  ['with a sign', [['content-length', '+0']]],
  ['with a blank', [['content-length', ' 0']]],
  ['empty', [['content-length', '']]],
  ['in capitals', [['Content-Length', '0']]],
  ['with a blank in its name', [['content-length ', '0']]],
];

const codingRows: readonly Row[] = [
  ['chunked', [['transfer-encoding', 'chunked']]],
  ['identity', [['transfer-encoding', 'identity']]],
  [
    'with a length',
    [
      ['transfer-encoding', 'chunked'],
      ['content-length', '{rest}'],
    ],
  ],
  ['in capitals', [['Transfer-Encoding', 'chunked']]],
  ['with a colon in its name', [['transfer-encoding:', 'chunked']]],
  ['as a value of another', [['x', '1\r\ntransfer-encoding: chunked']]],
  ['in the name of another', [['x: 1\r\ntransfer-encoding', 'chunked']]],
  ['by TE', [['te', 'trailers, chunked']]],
  [
    'by Connection',
    [
      ['connection', 'transfer-encoding'],
      ['x', '1'],
    ],
  ],
  [
    'by Upgrade',
    [
      ['upgrade', 'h2c'],
      ['http2-settings', 'AAMAAABk'],
    ],
  ],
  [
    'by a spelling',
    [
      ['x-transfer', 'chunked'],
      ['heddle-h1', '1=Host,Transfer-Encoding'],
    ],
  ],
  [
    'by a spelling with a line end',
    [
      ['x', '1'],
      ['heddle-h1', '1=X: 1\r\nTransfer-Encoding'],
    ],
  ],
  [
    'by a spelling with a bare LF',
    [
      ['x', '1'],
      ['heddle-h1', '1=X\nTransfer-Encoding: chunked'],
    ],
  ],
  [
    'by two spellings',
    [
      ['x', '1'],
      ['heddle-h1', '1=X'],
      ['heddle-h1', '1=Transfer-Encoding'],
    ],
  ],
];

const injected: readonly H2Variant[] = [
  ...[':method', ':path', ':authority', ':scheme'].flatMap((name) =>
    [
      `x${line}`,
      `x HTTP/1.1${line}`,
      `x\nX: 1${line}`,
      `x\rX: 1`,
      `x${line.replaceAll('\r', '')}`,
      'x y',
      'x\ty',
      'x\0y',
      '\x0b',
      ' ',
    ].map((value) => {
      const begun =
        name === ':method'
          ? `GET${value.slice(1)}`
          : name === ':path'
            ? `/attack-{id}${value.slice(1)}`
            : name === ':authority'
              ? `{host}${value.slice(1)}`
              : `http${value.slice(1)}`;
      return { name: `${name} with ${JSON.stringify(value.slice(0, 14))}`, fields: but(name, begun) };
    }),
  ),
  { name: ':path without /', fields: but(':path', 'attack-{id}') },
  { name: ':path that is empty', fields: but(':path', '') },
  { name: ':path with a version', fields: but(':path', '/attack-{id} HTTP/1.1') },
  { name: ':authority with a path', fields: but(':authority', '{host}/x') },
  { name: ':authority with a user', fields: but(':authority', 'u@{host}') },
  { name: 'two :path', fields: [...pseudo('GET'), [':path', '/smuggled-{id}']] as Fields },
  { name: 'two :authority', fields: [...pseudo('GET'), [':authority', 'other']] as Fields },
  {
    name: ':path behind fields',
    fields: [...pseudo('GET').slice(0, 2), ['x', '1'], [':path', '/attack-{id}'], [':authority', '{host}']] as Fields,
  },
  { name: 'host that is another', fields: [...pseudo('GET'), ['host', 'other']] as Fields },
  { name: 'a pseudo-header nobody knows', fields: [...pseudo('GET'), [':smuggled', '1']] as Fields },
  { name: 'a line end in a value', fields: [...pseudo('GET'), ['x', `1${line}`]] as Fields },
  { name: 'a bare LF in a value', fields: [...pseudo('GET'), ['x', '1\nhost: other']] as Fields },
  { name: 'a bare CR in a value', fields: [...pseudo('GET'), ['x', '1\rhost: other']] as Fields },
  { name: 'NUL in a value', fields: [...pseudo('GET'), ['x', '1\x002']] as Fields },
  { name: 'a line end in a name', fields: [...pseudo('GET'), [`x${line}y`, '1']] as Fields },
  { name: 'a colon in a name', fields: [...pseudo('GET'), ['x: 1\r\nhost', 'other']] as Fields },
  {
    name: 'a line end in a protocol',
    fields: [[':method', 'CONNECT'], [':protocol', `websocket${line}`], ...pseudo('GET').slice(1)] as Fields,
  },
  {
    name: 'CONNECT with a body',
    fields: [
      [':method', 'CONNECT'],
      [':authority', '{host}'],
      ['content-length', '4'],
    ] as Fields,
    data: ['xxxx', inside],
  },
  { name: 'HTTP/1.0 by spelling', fields: [...pseudo('GET'), ['heddle-h1', '0c']] as Fields },
  { name: 'a version by spelling', fields: [...pseudo('GET'), ['heddle-h1', '9!c9 x\ty']] as Fields },
  {
    name: 'trailers that frame',
    fields: pseudo('POST'),
    data: ['x'],
    trailers: [
      ['content-length', '0'],
      ['transfer-encoding', 'chunked'],
    ] as Fields,
  },
  { name: 'trailers with a line end', fields: pseudo('POST'), data: ['x'], trailers: [['x', `1${line}`]] as Fields },
  {
    name: 'trailers with a spelling',
    fields: pseudo('POST'),
    data: ['x'],
    trailers: [
      ['x', '1'],
      ['heddle-h1', '1=X: 1\r\n\r\nGET'],
    ] as Fields,
  },
].map((one) => ({ class: 'H2 injection', data: [], ...one }));

const rows = (name: string, all: readonly Row[], body: string): readonly H2Variant[] =>
  all.map(([what, fields]) => ({ class: name, name: what, fields: post(...fields), data: [body] }));

export const h2Variants: readonly H2Variant[] = [
  ...rows('H2.CL', lengthRows, inside),
  ...rows('H2.TE', codingRows, `0\r\n\r\n${inside}`),
  ...injected,
];
