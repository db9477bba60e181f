import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dentryJson } from '#core/naming/delegate-json.ts';
import { type Dtab, showDentry, showDtab } from '#core/naming/dtab.ts';
import { ParseError, readDtab, readTree } from '#core/naming/parse.ts';
import { Path } from '#core/naming/path.ts';
import { Prefix } from '#core/naming/prefix.ts';
import { type SyntaxCase, syntaxCases } from './recorded.ts';

/** About the shape of namerd's JSON, not about the texts in it. */
const ofNamerd = ['json-004', 'json-005', 'json-007', 'json-010', 'json-014', 'json-015', 'json-017', 'json-019'];

const checks = { dtab: checkDtab, path: checkPath, json: checkJson };

test('dtabs and paths are read, shown and refused as recorded of Linkerd', () => {
  const cases = syntaxCases();
  const checked = cases.filter((c) => !ofNamerd.includes(c.id));
  assert.equal(checked.length, cases.length - ofNamerd.length);
  for (const c of checked) checks[c.what](c);
});

function checkDtab({ id, text, expect }: SyntaxCase): void {
  if (expect.status === 204) {
    const dtab = readDtab(text);
    assert.equal(`${showDtab(dtab)}\n`, expect.text, id);
    assert.deepEqual(dtab.map(dentryJson), expect.json, id);
    assert.deepEqual(dtab.map(showDentry), readDtab(expect.text ?? '').map(showDentry), id);
  } else
    assert.equal(
      refusal(() => readDtab(text)),
      expect.put?.message,
      id,
    );
}

function checkPath({ id, text, expect }: SyntaxCase): void {
  if (expect.status === 200) {
    const { show } = Path.read(text);
    assert.equal(show === '/' ? '~' : show, expect.shown, id);
  } else assert.equal(`Invalid path: ${text} / ${refusal(() => Path.read(text))}`, expect.message, id);
}

function checkJson({ id, text, expect }: SyntaxCase): void {
  const given = JSON.parse(text) as readonly { readonly prefix: string; readonly dst: string }[];
  const read = (): Dtab => given.map(({ prefix, dst }) => ({ prefix: Prefix.read(prefix), dst: readTree(dst) }));
  if (expect.status === 204) {
    assert.deepEqual(read().map(dentryJson), expect.json, id);
    assert.equal(`${showDtab(read())}\n`, expect.text, id);
  } else assert.notEqual(refusal(read), 'accepted', id);
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof ParseError);
    return error.message;
  }
  return 'accepted';
}
