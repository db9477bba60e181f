import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type WirePair, wirePair } from '#test/helpers/wire-pair.ts';
import { eventually } from '#test/helpers/within.ts';
import { Outbox } from './outbox.ts';

/** An outbox, and the pieces that reach the other end. */
async function box(): Promise<{ out: Outbox; pieces: string[]; pair: WirePair }> {
  const pair = await wirePair();
  const pieces: string[] = [];
  pair.caller.on('data', (bytes: Buffer) => pieces.push(bytes.toString('latin1')));
  return { out: new Outbox(() => pair.wire), pieces, pair };
}

const arrived = (pieces: readonly string[], bytes: number) =>
  eventually(() => (pieces.join('').length >= bytes ? true : undefined), `${bytes} bytes are here`);

test('what is said in one turn goes out as one piece, later', async () => {
  const { out, pieces, pair } = await box();
  const bytes = Buffer.from('-bytes-');
  out.text('text');
  out.write(bytes, 1, 6);
  bytes.fill('!');
  out.text('\xff');
  assert.equal(out.length, 10);
  await arrived(pieces, 10);
  assert.deepEqual(pieces, ['textbytes\xff']);
  assert.equal(out.length, 0);
  pair.close();
});

test('flush sends at once, and the turn that was to send has nothing left', async () => {
  const { out, pieces, pair } = await box();
  out.text('now');
  out.flush();
  assert.equal(out.length, 0);
  out.flush();
  out.text('later');
  await arrived(pieces, 8);
  assert.equal(pieces.join(''), 'nowlater');
  pair.close();
});

test('pieces of any size arrive whole and in order', async () => {
  const { out, pieces, pair } = await box();
  const sizes = [1, 65_535, 1, 1, 65_536, 65_537, 10, 200_000, 3];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...sizes), fc.boolean()), { maxLength: 6 }), async (all) => {
      pieces.length = 0;
      const texts = all.map(([size], i) => String.fromCharCode(97 + i).repeat(size));
      for (const [i, text] of texts.entries()) {
        if (all[i]?.[1]) out.text(text);
        else out.write(Buffer.from(text, 'latin1'), 0, text.length);
      }
      const whole = texts.join('');
      await arrived(pieces, whole.length);
      assert.ok(pieces.join('') === whole);
    }),
    { numRuns: 30 },
  );
  pair.close();
});
