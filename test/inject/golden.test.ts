import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { injectManifests } from '#cli/inject-manifests.ts';
import { podTemplates } from '#cli/pod-templates.ts';
import { linkers, mesh } from './scene.ts';

/** Each x.yaml has its x.injected.yaml; `UPDATE_GOLDENS=1` writes them anew, to be read as a diff. */
const folder = new URL('../data/inject/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const sources = readdirSync(folder).filter((name) => /\.(yaml|json)$/.test(name) && !name.includes('.injected.'));

const options = { mesh, linkers, namespace: 'shop' };

for (const name of sources) {
  const golden = name.replace(/\.(yaml|json)$/, '.injected.yaml');
  const { text, report } = injectManifests(read(name), options);
  const withReport = `${report.map((line) => `#> ${line}\n`).join('')}${text}`;
  if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(new URL(golden, folder), withReport);

  test(`${name} becomes ${golden}`, () => assert.equal(withReport, read(golden)));

  test(`${name}: injecting again changes nothing`, () => {
    assert.equal(injectManifests(text, options).text, text);
  });

  test(`${name}: every comment is kept`, () => {
    for (const [comment] of read(name).matchAll(/#[^\n]*/g)) assert.ok(text.includes(comment), comment);
  });

  test(`${name}: all that is outside pod templates is the same`, () => {
    const outside = (source: string): unknown[] =>
      parseAllDocuments(source).map((document) => {
        for (const { path } of podTemplates(document.toJS())) document.setIn([...path], null);
        return document.toJS();
      });
    assert.deepEqual(outside(text), outside(read(name)));
  });
}
