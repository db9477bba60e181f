import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { damaged, pieces, requests } from '#test/helpers/http1-arbitraries.ts';
import { linkerReader, nodeReader, type Reader, type Reading, type ReadRequest } from '#test/helpers/read-messages.ts';

// The same bytes go to Node's own server (llhttp) and to the linker's, over real connections. Both must see the same
// requests, with the same framing and fields, and refuse at the same place, but for the classes listed here.

/** Ways of writing a request on which the two part on purpose. */
interface Class {
  readonly what: string;
  readonly why: string;
  /** Whether a text has it. */
  readonly is: RegExp;
  readonly example: string;
}

/** What Node takes and the linker refuses. */
const stricter: readonly Class[] = [];

/** What the linker takes and Node refuses. */
const wider: readonly Class[] = [];

const taken = new Set([
  ...['content-length', 'transfer-encoding', 'connection', 'upgrade', 'via', 'te', 'proxy-authorization'],
  'l5d-dtab',
]);

/** A request as Node reads it, in the form in which the linker would send it on. */
function onward(read: ReadRequest): ReadRequest {
  const listed = read.headers.flatMap(([name, value]) => (name.toLowerCase() === 'connection' ? value.split(',') : []));
  const dropped = new Set(listed.map((name) => name.trim().toLowerCase()).filter((name) => name !== 'host'));
  const headers = read.headers.filter(([name, value]) => {
    const lower = name.toLowerCase();
    if (lower === 'expect') return value.toLowerCase() !== '100-continue';
    return !taken.has(lower) && !dropped.has(lower);
  });
  const url = /^https?:\/\/(?:[^@/]*@)?([^/?#]*)(.*)$/i.exec(read.target);
  if (url === null) return { ...read, headers };
  const [, host = '', rest = ''] = url;
  const bare = read.method === 'OPTIONS' && rest === '' ? '*' : `/${rest}`;
  return {
    ...read,
    target: rest.startsWith('/') ? rest : bare,
    headers: [['Host', host], ...headers.filter(([name]) => name.toLowerCase() !== 'host')],
  };
}

type Step = ReadRequest | 'refused' | 'over';

/** The readings as one sequence; what became of a body that did not come to its end does not matter. */
function steps({ requests: read, refused }: Reading): readonly Step[] {
  const all = read.map((r) => (r.whole ? r : { ...r, body: '', trailers: [], last: false }));
  return [...all, refused ? 'refused' : 'over'];
}

/** Where the two part: `same`, the class that explains it, or a failure. */
function compare(text: string, node: Reading, linker: Reading): string {
  const theirs = steps({ ...node, requests: node.requests.map(onward) });
  const ours = steps(linker);
  const at = ours.findIndex((step, i) => JSON.stringify(step) !== JSON.stringify(theirs[i]));
  if (at < 0) return 'same';
  const [our, their] = [ours[at], theirs[at]];
  const known = our === 'refused' ? stricter : their === 'refused' ? wider : [];
  const found = known.find(({ is }) => is.test(text));
  if (found !== undefined) return found.what;
  return assert.deepEqual({ [JSON.stringify(text)]: our }, { [JSON.stringify(text)]: their }) ?? '';
}

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
      fc.asyncProperty(pieces(damaged(requests)), fc.boolean(), async (sent, gather) => {
        const linker = await (gather ? gathering : streaming).read(...sent);
        compare(sent.join(''), await node.read(...sent), linker);
      }),
      { numRuns: 600 },
    );
  });

  for (const { what, why, is, example } of [...stricter, ...wider]) {
    test(`on purpose not as Node: ${what}. ${why}`, async () => {
      assert.match(example, is);
      assert.equal(compare(example, await node.read(example), await streaming.read(example)), what);
    });
  }
});
