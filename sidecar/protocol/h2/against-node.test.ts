import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { call } from '#test/helpers/exchanges.ts';
import { codeOf, type Fields, frame, H2Peer } from '#test/helpers/h2-peer.ts';
import { serveH2 } from '#test/helpers/h2-server.ts';
import { connectionCounts } from '#test/helpers/h2-transport.ts';
import { begin, finish } from '#test/helpers/http1-server.ts';
import { over } from '#test/helpers/http1-transport.ts';
import { h2 } from './codec.ts';
import { Code, Flag, Type } from './frame.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { encodeField } from './hpack-encoder.ts';
import type { Entry } from './static-table.ts';

// Node's HTTP/2 is nghttp2: another implementation of HPACK, with which ours must agree.

const name = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."az09!#$%&'*+-.^_`|~"), minLength: 1, maxLength: 20 }).map((n) => `x-${n}`),
  fc.constantFrom('accept', 'user-agent', 'cache-control', 'etag', 'authorization', 'x-again', 'x-once-more'),
);
const value = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...'aZ09 ,;=\t!~:/', '\x80', '\xff', '\xe9'), maxLength: 60 }),
    fc.constantFrom('gzip, deflate', 'no-cache', 'x'.repeat(3000), '0'.repeat(126), '0'.repeat(127), '0'.repeat(128)),
  )
  .map((v) => v.replace(/^[\t ]+|[\t ]+$/g, ''));
const fields = fc.uniqueArray(fc.tuple(name, value), { maxLength: 12, selector: ([n]) => n });
const rounds = fc.array(fields, { minLength: 1, maxLength: 6 });

const lines = (all: Fields): string => all.map(([n, v]) => `${n}: ${v}\r\n`).join('');

/** Fields in order, without the ones that are not the test's. */
function ours(raw: readonly string[]): Fields {
  const all: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) all.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return all.filter(([n]) => !n.startsWith(':') && n !== 'via' && n !== 'date');
}

describe('fields cross unchanged', () => {
  test("from Node's client to our server and back, with every table size", async () => {
    let got = '';
    using server = await serveH2(
      (x) => {
        got = x.request.lines.replace(/^Host: web\r\n/, '');
        begin(x, -1, (head) => (head.lines = got));
        finish(x, got);
      },
      { limits: { headers: 100_000 } },
    );
    await fc.assert(
      fc.asyncProperty(rounds, fc.constantFrom(undefined, 0, 100, 4096, 65_536), async (all, headerTableSize) => {
        const settings = headerTableSize === undefined ? {} : { headerTableSize };
        const session = connect(`http://127.0.0.1:${server.port}`, { settings });
        for (const sent of all) {
          const { head, trailers } = await ask(session, sent);
          assert.equal(got, lines(sent));
          assert.deepEqual(head, sent);
          assert.deepEqual(trailers, sent);
        }
        session.destroy();
      }),
      { numRuns: 100 },
    );
  });

  test("from our client to Node's server and back, with every table size", async () => {
    let got: Fields = [];
    await fc.assert(
      fc.asyncProperty(rounds, fc.constantFrom(undefined, 0, 100, 65_536), async (all, headerTableSize) => {
        const server = createServer({ settings: headerTableSize === undefined ? {} : { headerTableSize } });
        server.on('stream', (stream: ServerHttp2Stream, _headers, _flags, raw) => {
          got = ours(raw);
          stream.respond(Object.fromEntries(got) as OutgoingHttpHeaders, { endStream: true });
        });
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const transport = h2.connect({
          address: address('127.0.0.1', (server.address() as AddressInfo).port),
          security: undefined,
          limits: { line: 1000, headers: 100_000, gather: 10, streams: 100, window: 65_535 },
          connectMs: 1000,
          clock: new ManualClock(),
          counts: connectionCounts(),
        });
        for (const sent of all) {
          const { x, caller } = call({ lines: lines(sent) });
          transport.send(x);
          assert.deepEqual(await over(caller), [200]);
          assert.deepEqual(got, sent);
          assert.equal(x.response?.lines.replace(/^date: .*\r\n/m, ''), lines(sent));
        }
        transport.close();
        await new Promise((resolve) => server.close(resolve));
      }),
      { numRuns: 60 },
    );
  });
});

async function ask(session: ClientHttp2Session, sent: Fields): Promise<{ head: Fields; trailers: Fields }> {
  const request = { ':authority': 'web', ':path': '/', ...Object.fromEntries(sent) };
  const stream = session.request(request, { endStream: true });
  let head: Fields = [];
  let trailers: Fields = [];
  stream.on('response', (_headers, _flags, raw: string[]) => {
    head = ours(raw);
  });
  stream.on('trailers', (_headers, _flags, raw: string[]) => {
    trailers = ours(raw);
  });
  stream.resume();
  await once(stream, 'close');
  return { head, trailers };
}

describe('any header blocks', () => {
  const seen = new Map<number, Fields[]>();
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, _headers, _flags, raw) => {
    const port = stream.session?.socket.remotePort ?? 0;
    const all = [];
    for (let i = 0; i < raw.length; i += 2) all.push([raw[i] ?? '', raw[i + 1] ?? ''] as const);
    seen.set(port, [...(seen.get(port) ?? []), all]);
    stream.on('error', () => {});
    stream.respond({}, { endStream: true });
  });
  server.on('sessionError', () => {});
  server.listen(0, '127.0.0.1');
  after(() => server.close());

  /** What Node's decoder makes of blocks on one connection: fields, `reset` where it minds them otherwise, or an error. */
  async function byNode(blocks: readonly string[]): Promise<(Fields | 'reset' | 'bad')[]> {
    using peer = await H2Peer.connect((server.address() as AddressInfo).port);
    const port = peer.socket.localPort ?? 0;
    const results: (Fields | 'reset' | 'bad')[] = [];
    for (const [i, block] of blocks.entries()) {
      const before = seen.get(port)?.length ?? 0;
      peer.send(frame(Type.headers, Flag.endHeaders | Flag.endStream, 2 * i + 1, block));
      const frames = await peer.settled().catch(() => peer.rest().catch(() => []));
      const failed = frames.length === 0 || frames.some((f) => f.type === Type.goaway && codeOf(f) !== Code.none);
      const now = seen.get(port) ?? [];
      if (now.length > before) results.push(now[before] ?? 'bad');
      else if (failed) return [...results, 'bad'];
      else results.push('reset');
    }
    seen.delete(port);
    return results;
  }

  /** Fields that may not be are read over by Node, when they are decoded. */
  const allowed = ([n, v]: readonly [string, string]): boolean =>
    /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(n) && !/[\0-\x08\x0a-\x1f\x7f]|^[\t ]|[\t ]$/.test(v);

  function byUs(blocks: readonly string[]): (Fields | 'bad')[] {
    const decoder = new HpackDecoder();
    const results: (Fields | 'bad')[] = [];
    for (const block of blocks) {
      const bytes = Buffer.from(block, 'latin1');
      const all: Entry[] = [];
      const size = decoder.decode(bytes, 0, bytes.length, all, Number.POSITIVE_INFINITY);
      if (size < 0) return [...results, 'bad'];
      results.push(all.map(({ name: n, value: v }) => [n, v]));
    }
    return results;
  }

  const start =
    encodeField(':method', 'GET') +
    encodeField(':scheme', 'http') +
    encodeField(':path', '/') +
    encodeField(':authority', 'web');
  const short = fc.string({ unit: fc.constantFrom(...'abcxyz019-'), minLength: 1, maxLength: 6 });
  const string = short.map((text) => `${String.fromCharCode(text.length)}${text}`);
  const representation = fc.oneof(
    // A literal with its name, indexed or not; a literal with the name of an entry; a reference; a table size.
    fc.tuple(fc.constantFrom('\x40', '\0', '\x10'), string, string).map((all) => all.join('')),
    fc.tuple(fc.integer({ min: 15, max: 70 }), string).map(([i, v]) => String.fromCharCode(0x40 | Math.min(i, 62)) + v),
    fc.integer({ min: 58, max: 75 }).map((i) => String.fromCharCode(0x80 | i)),
    fc.constantFrom(
      '\x20',
      '\x3f\xe1\x1f',
      '\x3f\x45',
      '\x30',
      '\x40\x01x\x84\xff\xff\xff\xff',
      '\x40\x81\x1f\x01a',
      '\xff\x00',
      '\x80',
    ),
  );
  const damage = fc.tuple(fc.nat(60), fc.nat(255), fc.constantFrom('none', 'none', 'none', 'change', 'cut'));

  test('are taken, or refused, and read as Node does', async () => {
    let bad = 0;
    let taken = 0;
    const block = fc.tuple(
      fc.constantFrom('', '', '', '\x20', '\x3f\xe1\x1f', '\x3f\x45'),
      fc.array(representation, { maxLength: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 4 }), damage, async (all, [at, byte, how]) => {
        const blocks = all.map(([size, fieldsOf]) => `${size}${start}${fieldsOf.join('')}`);
        const last = blocks.pop() ?? '';
        const i = at % last.length;
        if (how === 'cut') blocks.push(last.slice(0, i));
        else if (how === 'change') blocks.push(last.slice(0, i) + String.fromCharCode(byte) + last.slice(i + 1));
        else blocks.push(last);
        const [node, us] = [await byNode(blocks), byUs(blocks)];
        assert.equal(us.length, node.length);
        for (const [n, verdict] of node.entries()) {
          if (verdict === 'reset') assert.notEqual(us[n], 'bad');
          else assert.deepEqual(us[n] === 'bad' ? 'bad' : us[n]?.filter(allowed), verdict);
          if (verdict === 'bad') bad += 1;
          else taken += 1;
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(bad > 20 && taken > 100, `${bad} refused, ${taken} taken`);
  });
});
