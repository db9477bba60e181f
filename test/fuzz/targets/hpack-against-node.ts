import assert from 'node:assert/strict';
import { performServerHandshake } from 'node:http2';
import { duplexPair } from 'node:stream';
import { Code, Flag, PREFACE, Type } from '#sidecar/protocol/h2/frame.ts';
import { HpackDecoder } from '#sidecar/protocol/h2/hpack-decoder.ts';
import type { Entry } from '#sidecar/protocol/h2/static-table.ts';
import { frame, settings } from '#test/helpers/h2-peer.ts';
import type { Target } from '../target.ts';

/** GET / over http: what makes a block a request, so that it is handed on. */
const PSEUDO = '\x82\x84\x86';
const PLAIN = /^[a-z0-9]+(-[a-z0-9]+)*: ([!-~]([ -~]*[!-~])?)?\r\n$/;
/** Fields that Node reads as parts of the message, or that are not allowed in HTTP/2. */
const SPECIAL =
  /^(host|te|connection|keep-alive|upgrade|proxy-connection|transfer-encoding|content-length|expect|http2-settings): /;

interface Reading {
  /** The code of GOAWAY; undefined where there was none. */
  readonly code: number | undefined;
  /** Fields of each request, by stream. */
  readonly requests: ReadonlyMap<number, readonly string[]>;
}

/** What nghttp2, which is in Node, makes of header blocks on one connection. */
async function nodeReads(blocks: readonly string[]): Promise<Reading> {
  const [near, far] = duplexPair();
  const requests = new Map<number, readonly string[]>();
  const session = performServerHandshake(far, { maxHeaderListPairs: 2000 });
  session.on('error', () => {});
  session.on('stream', (stream, _headers, _flags, raw: string[]) => {
    stream.on('error', () => {});
    requests.set(stream.id ?? 0, raw);
  });
  const code = new Promise<number | undefined>((resolve) => {
    let read = Buffer.of();
    near.on('data', (bytes: Buffer) => {
      read = Buffer.concat([read, bytes]);
      while (read.length >= 9 && read.length >= 9 + read.readUIntBE(0, 3)) {
        if (read[3] === Type.goaway) resolve(read.readUInt32BE(9 + 4));
        if (read[3] === Type.ping) resolve(undefined);
        read = read.subarray(9 + read.readUIntBE(0, 3));
      }
    });
    session.once('close', () => resolve(undefined));
  });
  const frames = blocks.map((block, i) => frame(Type.headers, Flag.endHeaders | Flag.endStream, 2 * i + 1, block));
  near.write(Buffer.from(PREFACE + settings() + frames.join('') + frame(Type.ping, 0, 0, '12345678'), 'latin1'));
  const reading = { code: await code, requests };
  const closed = new Promise((resolve) => far.once('close', resolve));
  near.destroy();
  session.destroy();
  far.destroy();
  await closed;
  return reading;
}

/** Header blocks, each behind a byte with its length, as nghttp2 decodes them. */
export const target: Target = {
  async run(input) {
    const blocks: string[] = [];
    for (let at = 0; at < input.length && blocks.length < 20; ) {
      const end = Math.min(input.length, at + 1 + (input[at] as number));
      const block = input.toString('latin1', at + 1, end);
      // A change of the table's size has to come first.
      blocks.push(/^[\x20-\x3f]/.test(block) ? block : PSEUDO + block);
      at = end;
    }
    const { code, requests } = await nodeReads(blocks);
    const decoder = new HpackDecoder();
    for (const [i, block] of blocks.entries()) {
      const bytes = Buffer.from(block, 'latin1');
      const fields: Entry[] = [];
      const refused = decoder.decode(bytes, 0, bytes.length, fields, Number.POSITIVE_INFINITY) < 0;
      if (refused) {
        // Longer integers than anyone needs: zeros in front hide what they say.
        const on = requests.has(2 * i + 1) || code !== Code.compression;
        if (on && !/[\x80-\xff]{4}/.test(block)) assert.fail(`nghttp2 takes block ${i}: ${JSON.stringify(block)}`);
        return;
      }
      const theirs = requests.get(2 * i + 1);
      if (theirs === undefined || !fields.slice(3).every(({ line }) => PLAIN.test(line) && !SPECIAL.test(line)))
        continue;
      assert.deepEqual(
        fields.flatMap(({ name, value }) => [name, value]),
        theirs,
      );
    }
    assert.notEqual(code, Code.compression, 'nghttp2 refuses what the linker takes');
  },
  most: 400,
  seeds: [
    '\x04\x82\x84\x86\xbe',
    '\x10\x40\x0acustom-key\x03abc\x01\xbe',
    '\x01\x90\x12\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff\x40\x01a\x01b\x02\xbe\xbf',
    '\x05\x3f\xe1\x1f\x20\x82\x01\x20',
    '\x06\x0f\x0d\x02\x31\x32\x10\x03\x1f\x00\x01',
    '\x09\x00\x81\x1f\x84\xff\xff\xff\xff\x7f',
  ],
};
