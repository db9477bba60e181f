import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Linker } from '#test/helpers/linker.ts';
import { RawClient } from '#test/helpers/raw-client.ts';
import { type Script, ScriptedOrigin } from '#test/helpers/scripted-origin.ts';
import { within } from '#test/helpers/within.ts';
import { hops, request, startMesh } from './fixture.ts';

// The same exchanges, byte for byte, over HTTP/1.1 between two linkers and over HTTP/2: neither end may tell.

let plain: Linker;
let mesh: Linker;
before(async () => {
  [plain, mesh] = await Promise.all([startMesh({ near: false, far: false }), startMesh()]);
});
after(async () => {
  const { made } = await hops(mesh);
  assert.ok(made <= 2, `${made} connections carried it all`);
  await plain.close();
  await mesh.close();
});

interface Seen {
  /** What the origin got: heads byte for byte, bodies, framing, trailers. */
  readonly origin: readonly object[];
  /** What the caller got, byte for byte, until the connection ended or fell silent. */
  readonly caller: string;
}

/** What differs from run to run: trace ids, request ids, ports, dates. */
function usual(text: string): string {
  return text
    .replace(/^(l5d-ctx-trace|l5d-reqid): .*\r\n/gim, '$1: …\r\n')
    .replace(/127\.0\.0\.1:\d+|127\.1\/\d+|127\.0\.0\.1\/\d+/g, 'ADDRESS');
}

async function through(
  linker: Linker,
  script: Script,
  ask: (origin: ScriptedOrigin) => string,
  last: RegExp,
): Promise<Seen> {
  await using origin = await ScriptedOrigin.start(script);
  using client = await RawClient.connect(linker.port);
  await client.send(ask(origin));
  const quiet = (async () => {
    while (!last.test(client.unread)) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 20));
  })();
  await within(3000, Promise.race([quiet, client.closed]), () => `the answer; so far ${JSON.stringify(client.unread)}`);
  const caller = usual(client.unread);
  assert.deepEqual(origin.faults, []);
  const seen = await Promise.all(
    origin.requests.map(async (r) => {
      const { body, framing, trailers } = await r.body();
      return { head: usual(r.rawHead), framing, trailers, body: body.toString('latin1') };
    }),
  );
  return { origin: seen, caller };
}

/** Runs it both ways and compares; gives what was seen. */
async function same(
  ask: (origin: ScriptedOrigin) => string,
  script: Script,
  last = /\r\n\r\n(.|\n)*END/,
): Promise<Seen> {
  const [over1, over2] = [await through(plain, script, ask, last), await through(mesh, script, ask, last)];
  assert.deepEqual(over2, over1);
  return over2;
}

/** Takes the request whole and answers with these bytes. */
const answer =
  (...pieces: readonly (string | number)[]): Script =>
  async (r, reply) => {
    await r.body();
    await reply.send(...pieces);
  };

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nEND';

describe('requests:', () => {
  const requests: readonly (readonly [what: string, ask: (origin: ScriptedOrigin) => string])[] = [
    ['plain', (o) => request('GET /a/b?c=d', o)],
    [
      'names in any case',
      (o) => request('GET /', o, 'X-UPPER: 1\r\nx-lower: 2\r\nX-mIxEd: 3\r\nETag: 4\r\nDNT: 5\r\n'),
    ],
    ['names Like This', (o) => request('GET /', o, 'Accept: */*\r\nX-Request-Id: 2\r\nETag: 4\r\n')],
    ['names in lower case', (o) => request('GET /', o, 'accept: */*\r\nx-request-id: 2\r\n')],
    ['Host last', (o) => `GET / HTTP/1.1\r\nAccept: */*\r\nX-A: 1\r\nHOST: 127.0.0.1:${o.port}\r\n\r\n`],
    ['host in the middle', (o) => `GET / HTTP/1.1\r\naccept: */*\r\nhost: 127.0.0.1:${o.port}\r\nx-a: 1\r\n\r\n`],
    ['in absolute form', (o) => `GET http://127.0.0.1:${o.port}/a HTTP/1.1\r\nX-a: 1\r\nHost: other\r\n\r\n`],
    ['the same field again and again', (o) => request('GET /', o, 'X-A: 1\r\nX-B: 2\r\nX-A: 3\r\nx-a: 4\r\n')],
    ['a cookie between others', (o) => request('GET /', o, 'X-a: 1\r\nCookie: a=1; b=2\r\nX-b: 2\r\n')],
    ['empty values', (o) => request('GET /', o, 'X-Empty: \r\nX-a: 1\r\n')],
    ['bytes beyond ASCII', (o) => request('GET /', o, 'X-A: \xe9\xff\x80\r\n')],
    ['odd targets', (o) => request('GET /%00/../a;b=c?d|e{}^`"<>\\', o)],
    ['OPTIONS *', (o) => request('OPTIONS *', o)],
    ['odd methods', (o) => request('M-SEARCH /', o)],
    ['HTTP/1.0', (o) => `GET / HTTP/1.0\r\nHost: 127.0.0.1:${o.port}\r\nX-a: 1\r\n\r\n`],
    ['HTTP/1.0 that stays', (o) => `GET / HTTP/1.0\r\nHost: 127.0.0.1:${o.port}\r\nConnection: keep-alive\r\n\r\n`],
    [
      'hop by hop',
      (o) => request('GET /', o, 'Connection: close, x-hop\r\nX-Hop: 1\r\nX-a: 2\r\nTE: gzip\r\nTrailer: x\r\n'),
    ],
    [
      'context of the mesh',
      (o) => request('GET /', o, 'l5d-ctx-deadline: 1 2\r\nVia: 1.1 a\r\nl5d-sample: 1\r\nl5d-x: 1\r\n'),
    ],
    ['a field like the mesh has its own', (o) => request('GET /', o, 'Heddle-H1: 0=evil\r\nX-a: 1\r\n')],
    ['a body of known length', (o) => request('POST /', o, 'Content-Length: 4\r\n', 'body')],
    ['a body of length 0', (o) => request('POST /', o, 'Content-Length: 0\r\n')],
    ['a long body of known length', (o) => request('POST /', o, 'Content-Length: 20000\r\n', 'x'.repeat(20_000))],
    ['chunks', (o) => request('POST /', o, 'Transfer-Encoding: chunked\r\n', '3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n')],
    ['no chunks', (o) => request('POST /', o, 'Transfer-Encoding: chunked\r\n', '0\r\n\r\n')],
    [
      'chunks with trailers',
      (o) =>
        request(
          'POST /',
          o,
          'Transfer-Encoding: chunked\r\n',
          '3\r\none\r\n0\r\nX-Sum: 1\r\nx-End: 2\r\nHost: evil\r\n\r\n',
        ),
    ],
    ['Expect', (o) => request('POST /', o, 'Content-Length: 4\r\nExpect: 100-continue\r\n', 'body')],
  ];
  for (const [what, ask] of requests) {
    test(what, async () => {
      const { origin } = await same(ask, answer(ok));
      assert.equal(origin.length, 1);
    });
  }
});

describe('answers:', () => {
  const get = (o: ScriptedOrigin) => request('GET /', o);
  const head = (o: ScriptedOrigin) => request('HEAD /', o);
  const answers: readonly (readonly [what: string, answer: string, last?: RegExp])[] = [
    ['of known length', ok],
    ['of length 0', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', /\r\n\r\n/],
    ['long', `HTTP/1.1 200 OK\r\nContent-Length: 20003\r\n\r\n${'x'.repeat(20_000)}END`],
    ['in one chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nEND\r\n0\r\n\r\n', /\r\n0\r\n\r\n$/],
    ['in no chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', /\r\n0\r\n\r\n$/],
    [
      'with trailers',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nEND\r\n0\r\nX-Sum: 1\r\nx-end: 2\r\nX-oDD: 3\r\n\r\n',
      /3\r\n\r\n$/,
    ],
    [
      'names in any case',
      'HTTP/1.1 200 OK\r\nX-UP: 1\r\nx-low: 2\r\nSET-cookie: a\r\nSet-Cookie: b\r\nContent-Length: 3\r\n\r\nEND',
    ],
    ['a reason of its own', 'HTTP/1.1 200 All Is Well\r\nContent-Length: 3\r\n\r\nEND'],
    ['a reason with spaces', 'HTTP/1.1 404   Not  \xe9  Here\r\nContent-Length: 3\r\n\r\nEND'],
    ['no reason', 'HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nEND'],
    ['a status nobody knows', 'HTTP/1.1 299 Odd\r\nContent-Length: 3\r\n\r\nEND'],
    ['a status without a reason', 'HTTP/1.1 599 \r\nContent-Length: 3\r\n\r\nEND'],
    ['204', 'HTTP/1.1 204 No Content\r\nX-a: 1\r\n\r\n', /\r\n\r\n/],
    ['304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\nETag: "a"\r\n\r\n', /\r\n\r\n/],
    ['304 without', 'HTTP/1.1 304 Not Modified\r\n\r\n', /\r\n\r\n/],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nEND'],
    [
      'hop by hop',
      'HTTP/1.1 200 OK\r\nConnection: x-hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 3\r\n\r\nEND',
    ],
    [
      'to the mesh',
      'HTTP/1.1 200 OK\r\nl5d-success-class: 0.5\r\nVia: 1.1 a\r\nl5d-x: 1\r\nContent-Length: 3\r\n\r\nEND',
    ],
    [
      'announced',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLINK: </a>\r\n\r\nHTTP/1.1 110 Odd One\r\nx-B: 1\r\n\r\n${ok}`,
    ],
    ['no sense', 'FTP/1.0 hello\r\n\r\n', /\r\n\r\n/],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nEND', /\r\n\r\n/],
  ];
  for (const [what, text, last] of answers) {
    test(what, () => same(get, answer(text), last).then(() => {}));
  }

  for (const [what, text] of [
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nX-a: 1\r\n\r\n'],
    ['with chunks announced', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['without either', 'HTTP/1.1 200 OK\r\n\r\n'],
  ] as const) {
    test(`to HEAD, ${what}`, () => same(head, answer(text), /\r\n\r\n/).then(() => {}));
  }

  test('with Keep-Alive that is not listed: it goes on, as in Linkerd', () =>
    same(get, answer('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nX-a: 1\r\nContent-Length: 3\r\n\r\nEND'), /END/).then(
      () => {},
    ));

  test('in pieces: chunks stay as they came', async () => {
    const pieces = [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n',
      30,
      '3\r\nEND\r\n',
      30,
      '0\r\n\r\n',
    ];
    await same(get, answer(...pieces), /\r\n0\r\n\r\n$/);
  });

  test('to HTTP/1.0, and until the connection ends', async () => {
    const old = (o: ScriptedOrigin) => `GET / HTTP/1.0\r\nHost: 127.0.0.1:${o.port}\r\n\r\n`;
    await same(old, answer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nEND\r\n0\r\n\r\n'), /never/);
    const closing: Script = async (r, reply) => {
      await answer('HTTP/1.1 200 OK\r\n\r\nuntil the END')(r, reply);
      reply.end();
    };
    await same(get, closing, /\r\n0\r\n\r\n$/);
    await same(old, closing, /never/);
  });

  test('before the body has come', async () => {
    const early: Script = async (r, reply) => {
      await reply.send('HTTP/1.1 413 Too Much\r\nContent-Length: 3\r\n\r\nEND');
      await r.body().catch(() => {});
    };
    const begun = (o: ScriptedOrigin) => request('POST /', o, 'Transfer-Encoding: chunked\r\n', '3\r\none\r\n');
    for (const linker of [plain, mesh]) {
      await using origin = await ScriptedOrigin.start(early);
      using client = await RawClient.connect(linker.port);
      await client.send(begun(origin));
      const { status, reason, body } = await client.response('POST');
      assert.deepEqual([status, reason, body.toString()], [413, 'Too Much', 'END']);
      await client.send('3\r\ntwo\r\n0\r\n\r\n');
      await client.send(request('GET /', origin));
      assert.equal((await client.response()).status, 413, 'the connection goes on');
    }
  });

  test('that break off are cut', async () => {
    const broken: Script = async (_, reply) => {
      await reply.send('HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\nonly this');
      reply.end();
    };
    for (const linker of [plain, mesh]) {
      await using origin = await ScriptedOrigin.start(broken);
      using client = await RawClient.connect(linker.port);
      await client.send(request('GET /', origin));
      await within(3000, client.closed, () => 'the end');
      assert.match(client.unread, /Content-Length: 10000\r\n[\s\S]*only this$/);
    }
  });

  test('that never come: the error is the same', async () => {
    await same(get, (_, reply) => reply.end(), /\r\n\r\n/);
    await same(get, (_, reply) => reply.reset(), /\r\n\r\n/);
  });
});

test('requests one behind the other on one connection are answered in order', async () => {
  const script: Script = async (r, reply) => {
    const { body } = await r.body();
    const text = `${r.method} ${r.target} ${body.length} END`;
    await reply.send(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  };
  await same(
    (o) =>
      request('GET /1', o) +
      request('POST /2', o, 'Content-Length: 5\r\n', 'hello') +
      request('POST /3', o, 'Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n') +
      request('GET /4', o),
    script,
    /\/4 0 END/,
  );
});
