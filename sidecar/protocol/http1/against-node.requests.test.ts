import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { damaged, pieces, requests } from '#test/helpers/http1-arbitraries.ts';
import { compare, further, stricter, wider } from '#test/helpers/http1-differences.ts';
import { linkerReader, nodeReader, type Reader } from '#test/helpers/read-messages.ts';

// The same bytes go to Node's own server (llhttp) and to the linker's, over real connections. Both must see the same
// requests, with the same framing and fields, and refuse at the same place, but for the differences on purpose that `http1-differences` lists.

describe('requests', () => {
  let node: Reader;
  let streaming: Reader;
  let gathering: Reader;

  before(async () => {
    [node, streaming, gathering] = await Promise.all([nodeReader(), linkerReader(0), linkerReader(1000)]);
  });
  after(() => {
    for (const reader of [node, streaming, gathering]) reader.close();
  });

  test('that are well-formed are read as Node reads them', async () => {
    await fc.assert(
      fc.asyncProperty(pieces(requests), fc.boolean(), async (sent, gather) => {
        const linker = await (gather ? gathering : streaming).read(...sent);
        assert.equal(linker.refused, false);
        compare(sent.join(''), await node.read(...sent), linker);
      }),
      { numRuns: 200 },
    );
  });

  test('that were damaged are refused where Node refuses them, or else read as Node reads them', async () => {
    await fc.assert(
      fc.asyncProperty(pieces(damaged(requests)), fc.boolean(), async (cut, gather) => {
        // Ends a head that the damage left open, and is none itself, wherever a body that was cut short eats into it.
        const sent = [...cut, `${'X'.repeat(99)}\r\n\r\n`];
        const linker = await (gather ? gathering : streaming).read(...sent);
        compare(sent.join(''), await node.read(...sent), linker);
      }),
      { numRuns: 600 },
    );
  });

  for (const { what, why, example } of [...stricter, ...wider, ...further]) {
    test(`on purpose not as Node: ${what}. ${why}`, async () => {
      assert.equal(compare(example, await node.read(example), await streaming.read(example)), what);
    });
  }
});
