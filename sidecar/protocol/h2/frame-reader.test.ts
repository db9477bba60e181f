import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { data, frame, settings, window } from '#test/helpers/h2-peer.ts';
import { Code, Flag, FRAME, frameHeader, PREFACE, Type, u32 } from './frame.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';

/** What a reader told its sink, one line a call; DATA bytes in a row are one. */
class Record implements FrameSink {
  gone = false;
  readonly events: string[] = [];
  /** Units of CONTINUATION the sink puts up with. */
  patience = 1_000_000;

  fail(code: number): void {
    this.gone = true;
    this.events.push(`fail ${code}`);
  }
  dataBegins(stream: number, length: number, empty: boolean, ends: boolean): void {
    this.events.push(`data ${stream} ${length}${empty ? ' empty' : ''}${ends ? ' ends' : ''}: `);
  }
  dataBytes(bytes: Buffer, from: number, to: number): void {
    this.events.push(`${this.events.pop()}${bytes.toString('latin1', from, to)}`);
  }
  dataDone(ends: boolean): void {
    this.events.push(`done${ends ? ' ends' : ''}`);
  }
  block(stream: number, bytes: Buffer, from: number, to: number, ends: boolean): void {
    this.events.push(`block ${stream}${ends ? ' ends' : ''}: ${bytes.toString('latin1', from, to)}`);
  }
  continues(bytes: number): boolean {
    this.patience -= bytes;
    if (this.patience < 0) this.fail(Code.calm);
    return this.patience >= 0;
  }
  control(type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): void {
    this.events.push(`control ${type} ${flags} ${stream}: ${bytes.toString('hex', from, to)}`);
  }
}

/** Reads pieces one after the other, each in a buffer that is overwritten behind it, as the shared one is. */
function read(pieces: readonly string[], { server = true, limit = 100_000, patience = 1_000_000 } = {}): string[] {
  const sink = new Record();
  sink.patience = patience;
  const reader = new FrameReader(server, limit, sink);
  for (const piece of pieces) {
    const bytes = Buffer.from(`..${piece}..`, 'latin1');
    reader.read(bytes, 2, bytes.length - 2);
    bytes.fill('!');
  }
  return sink.events;
}

const hello = PREFACE + settings();
const told = 'control 4 0 0: ';
/** What a server reads behind the preface and the first SETTINGS. */
const after = (...frames: readonly string[]): string[] => {
  const [first, ...rest] = read([hello + frames.join('')]);
  assert.equal(first, told);
  return rest;
};
const padded = (stream: number, bytes: string, padding: number): string =>
  frame(Type.data, Flag.padded, stream, String.fromCharCode(padding) + bytes + '\0'.repeat(padding));

const many = [
  hello,
  data(1, 'hello'),
  data(1, '', true),
  padded(3, 'abc', 5),
  padded(3, '', 4),
  frame(Type.headers, Flag.endHeaders, 5, 'block'),
  frame(Type.headers, Flag.endStream, 7, 'part '),
  frame(Type.continuation, 0, 7, 'of a '),
  frame(Type.continuation, Flag.endHeaders, 7, 'block'),
  frame(Type.headers, Flag.endHeaders | Flag.padded | Flag.priority, 9, `\x03${u32(7)}\x10padded\0\0\0`),
  window(0, 7),
  frame(0x77, 0xff, 2 ** 31 - 1, 'unknown'),
].join('');

const events = [
  told,
  'data 1 5: hello',
  'done',
  'data 1 0 empty ends: ',
  'done ends',
  'data 3 9: abc',
  'done',
  'data 3 5 empty: ',
  'done',
  'block 5: block',
  'block 7 ends: part of a block',
  'block 9: padded',
  'control 8 0 0: 00000007',
  `control 119 255 2147483647: ${Buffer.from('unknown').toString('hex')}`,
];

test('every kind of frame is handed on, padding and priority taken away', () => {
  assert.deepEqual(read([many]), events);
});

test('wherever the bytes are cut, the same comes out', () => {
  for (let at = 1; at < many.length; at++) assert.deepEqual(read([many.slice(0, at), many.slice(at)]), events);
  assert.deepEqual(read([...many]), events, 'byte by byte');
  fc.assert(
    fc.property(fc.array(fc.nat(many.length), { maxLength: 6 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), many.length];
      assert.deepEqual(read(at.slice(1).map((end, i) => many.slice(at[i], end))), events);
    }),
  );
});

test('a frame as large as may be is read, and one larger is refused before it has come', () => {
  const body = 'x'.repeat(FRAME);
  assert.deepEqual(after(data(1, body)), [`data 1 ${FRAME}: ${body}`, 'done']);
  assert.deepEqual(after(frame(Type.headers, Flag.endHeaders, 1, body)), [`block 1: ${body}`]);
  for (const type of [Type.data, Type.headers, Type.settings, 0x77]) {
    assert.deepEqual(after(frameHeader(FRAME + 1, type, 0, 1)), [`fail ${Code.frameSize}`]);
  }
});

test('a client needs no preface', () => {
  assert.deepEqual(read([settings() + data(1, 'x')], { server: false }), [told, 'data 1 1: x', 'done']);
});

describe('refused, and nothing read behind it:', () => {
  const protocol = `fail ${Code.protocol}`;
  const refused: readonly (readonly [what: string, frames: string, events: readonly string[]])[] = [
    ['DATA on stream 0', data(0, 'x'), [protocol]],
    ['DATA with more padding than payload', frame(Type.data, Flag.padded, 1, '\x05abcd'), [protocol]],
    ['padded DATA without a payload', frame(Type.data, Flag.padded, 1), [protocol]],
    ['HEADERS on stream 0', frame(Type.headers, Flag.endHeaders, 0, 'b'), [protocol]],
    [
      'HEADERS with more padding than payload',
      frame(Type.headers, Flag.endHeaders | Flag.padded, 1, '\x05abcd'),
      [protocol],
    ],
    ['padded HEADERS without a payload', frame(Type.headers, Flag.endHeaders | Flag.padded, 1), [protocol]],
    [
      'HEADERS too short for their priority',
      frame(Type.headers, Flag.endHeaders | Flag.priority, 1, 'abcd'),
      [protocol],
    ],
    [
      'HEADERS that depend on themselves',
      frame(Type.headers, Flag.endHeaders | Flag.priority, 1, `${u32(1)}\x10b`),
      [protocol],
    ],
    ['CONTINUATION out of nowhere', frame(Type.continuation, Flag.endHeaders, 1, 'b'), [protocol]],
    [
      'CONTINUATION behind a whole block',
      frame(Type.headers, Flag.endHeaders, 1, 'b') + frame(Type.continuation, Flag.endHeaders, 1, 'c'),
      ['block 1: b', protocol],
    ],
    [
      'CONTINUATION of another stream',
      frame(Type.headers, 0, 1, 'b') + frame(Type.continuation, Flag.endHeaders, 3, 'c'),
      [protocol],
    ],
    ['another frame within a block', frame(Type.headers, 0, 1, 'b') + window(0, 1), [protocol]],
    ['DATA within a block', frame(Type.headers, 0, 1, 'b') + data(1, 'x'), [protocol]],
  ];
  for (const [what, frames, expected] of refused) {
    test(what, () => {
      assert.deepEqual(after(frames), expected);
      assert.deepEqual(after(frames, data(1, 'never')), expected);
    });
  }

  test('another protocol in place of the preface, as soon as it shows', () => {
    assert.deepEqual(read(['GET / HTTP/1.1\r\n']), [protocol]);
    assert.deepEqual(read(['PRI * HTTP/2.0\r\n\r\n', 'XM']), [protocol]);
    assert.deepEqual(read(['P', 'R', 'I', ' ', '/']), [protocol]);
  });

  test('anything before SETTINGS', () => {
    for (const first of [data(1, 'x'), window(0, 1), frame(Type.headers, Flag.endHeaders, 1, 'b')])
      assert.deepEqual(read([PREFACE + first]), [protocol]);
  });
});

describe('a header block that goes on', () => {
  test('is refused once it is longer than the limit', () => {
    const part = 'x'.repeat(400);
    const parts = frame(Type.headers, 0, 1, part) + frame(Type.continuation, 0, 1, part).repeat(3);
    assert.deepEqual(read([hello + parts], { limit: 1599 }), [told, `fail ${Code.calm}`]);
    const end = frame(Type.continuation, Flag.endHeaders, 1, '');
    assert.deepEqual(read([hello + parts + end], { limit: 1600 }), [told, `block 1: ${part.repeat(4)}`]);
  });

  test('ends when the sink has enough of it', () => {
    const parts = frame(Type.headers, 0, 1, 'x') + frame(Type.continuation, 0, 1, 'x').repeat(100);
    assert.deepEqual(read([hello + parts], { patience: 50 }), [told, `fail ${Code.calm}`]);
  });
});

test('no bytes make it throw or read on behind a refusal', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc
      .tuple(fc.nat(11), fc.nat(255), fc.nat(5), fc.string({ maxLength: 12 }))
      .map(([type, flags, stream, payload]) => frame(type, flags, stream, payload)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const all = read([hello, ...pieces], { limit: 50 });
      const failed = all.findIndex((event) => event.startsWith('fail'));
      assert.ok(failed < 0 || failed === all.length - 1, all.join('\n'));
    }),
    { numRuns: 2000 },
  );
});
