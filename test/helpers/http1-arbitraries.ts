import fc from 'fast-check';

/** Text of what a value, a body or a name of a field may hold; latin1. */
const value = fc.string({ unit: fc.constantFrom(...'ab 1\t,;:="()\xe9\x80\xff'), maxLength: 12 });
const name = fc
  .string({ unit: fc.constantFrom(..."aZ09!#$%&'*+-.^_`|~"), minLength: 1, maxLength: 8 })
  .map((n) => `x${n}`);
const line = fc
  .tuple(name, fc.constantFrom('', ' ', '\t', ' \t '), value, fc.constantFrom('', ' ', '\t'))
  .map(([n, before, v, after]) => `${n}:${before}${v}${after}\r\n`);

const special = fc.constantFrom(
  'Host: web\r\n',
  'Via: 1.1 a\r\n',
  'TE: trailers\r\n',
  'Upgrade: h2c\r\n',
  'Expect: 100-continue\r\n',
  'l5d-dtab: /a=>/b\r\n',
  'Proxy-Authorization: x\r\n',
  'Keep-Alive: timeout=5\r\n',
);

const connection = fc.constantFrom(
  '',
  '',
  '',
  'Connection: close\r\n',
  'Connection: keep-alive\r\n',
  'connection: Keep-Alive, x-drop\r\nx-drop: 1\r\n',
);

export const headerLines = fc
  .tuple(fc.uniqueArray(special, { maxLength: 3 }), fc.array(line, { maxLength: 4 }), connection)
  .map(([known, own, hop]) => [...known, ...own, hop].join(''));

const bytes = fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b).toString('latin1'));
const extension = fc.constantFrom('', '', ';a', ';a=b', ';c="d e"');

const chunks = fc
  .tuple(
    fc.array(fc.tuple(bytes, extension), { maxLength: 4 }),
    fc.constantFrom('', '', 'X-Sum: 1\r\n', 'x-a:\r\nx-b: \xe9\r\n'),
  )
  .map(([all, trailers]) => {
    const data = all.filter(([d]) => d !== '').map(([d, e]) => `${d.length.toString(16)}${e}\r\n${d}\r\n`);
    return `${data.join('')}0\r\n${trailers}\r\n`;
  });

/** Framing lines and a body that fits them. */
export const framed = fc.oneof(
  fc.constant({ lines: '', body: '' }),
  bytes.map((body) => ({ lines: `Content-Length: ${body.length}\r\n`, body })),
  bytes.map((body) => ({ lines: `content-length:\t0${body.length} \r\n`, body })),
  chunks.map((body) => ({ lines: 'Transfer-Encoding: chunked\r\n', body })),
  chunks.map((body) => ({ lines: 'transfer-encoding:CHUNKED\r\n', body })),
);

const target = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'aZ0/?=&.-_~!$\'()*+,;:@%|{}[]^"<>\\`#'), maxLength: 20 }).map((t) => `/${t}`),
  fc.constantFrom(
    '*',
    'http://web',
    'http://web/a',
    'HTTP://web:80?a',
    'http://u:p@web/',
    'http://[::1]/a',
    'ftp://a/b',
  ),
);

/** One well-formed request. */
export const request = fc
  .record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'),
    target,
    minor: fc.constantFrom(1, 1, 1, 0),
    lines: headerLines,
    framing: framed,
  })
  .map(({ method, target: uri, minor, lines, framing }) => {
    // HTTP/1.0 has no chunks.
    const { lines: frame, body } = minor === 0 && /chunked/i.test(framing.lines) ? { lines: '', body: '' } : framing;
    return `${uri === '*' ? 'OPTIONS' : method} ${uri} HTTP/1.${minor}\r\n${lines}${frame}\r\n${body}`;
  });

/** Requests one behind the other on one connection. */
export const requests = fc.array(request, { minLength: 1, maxLength: 4 }).map((all) => all.join(''));

/** One well-formed response, to be ended by closing the connection; now and then with others before or behind it. */
export const response = fc
  .record({
    interim: fc.constantFrom('', '', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early\r\nLink: x\r\n\r\n'),
    status: fc.constantFrom(200, 200, 200, 204, 304, 404, 500, 299),
    reason: fc.constantFrom(' OK', ' Not \xe9 found', ' ', ''),
    minor: fc.constantFrom(1, 1, 1, 0),
    lines: headerLines,
    framing: fc.oneof(
      framed,
      bytes.map((body) => ({ lines: '', body })),
    ),
    surplus: fc.constantFrom('', '', '', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx'),
  })
  .map(
    ({ interim, status, reason, minor, lines, framing, surplus }) =>
      `${interim}HTTP/1.${minor} ${status}${reason}\r\n${lines}${framing.lines}\r\n${framing.body}${surplus}`,
  );

const damage = fc.record({
  at: fc.nat({ max: 400 }),
  remove: fc.constantFrom(0, 0, 1, 1, 2, 5),
  insert: fc.constantFrom(
    ...[
      '',
      '',
      '\r',
      '\n',
      '\r\n',
      ' ',
      '\t',
      '\0',
      '\x01',
      '\x7f',
      '\xe9',
      ':',
      ',',
      ';',
      '/',
      '0',
      '5',
      'x',
      '"',
      '(',
      '+',
      '-',
    ],
    ...[
      'Content-Length: 5\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Host: other\r\n',
      ' folded\r\n',
      ' chunked',
      'gzip, ',
    ],
  ),
});

/** A message that something was done to. */
export const damaged = (message: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(message, fc.array(damage, { minLength: 1, maxLength: 2 })).map(([text, all]) =>
    all.reduce((now, { at, remove, insert }) => {
      const i = at % (now.length + 1);
      return now.slice(0, i) + insert + now.slice(i + remove);
    }, text),
  );

/** A text in pieces. */
export const pieces = (text: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> =>
  fc.tuple(text, fc.array(fc.nat({ max: 400 }), { maxLength: 3 })).map(([whole, cuts]) => {
    const at = [0, ...cuts.map((c) => c % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
    return at.slice(1).map((end, i) => whole.slice(at[i], end));
  });
