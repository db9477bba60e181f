import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadLinkerConfig } from '#sidecar/config.ts';

const folder = new URL('../data/linkerd-examples/', import.meta.url);

for (const name of readdirSync(folder)) {
  test(`${name} of Linkerd's examples is accepted; at most Scribe is remarked on`, () => {
    const { value, warnings } = loadLinkerConfig(readFileSync(new URL(name, folder), 'utf8'), name);
    assert.ok(value.routers.length >= 1);
    assert.deepEqual(
      warnings.filter(({ text }) => !/Scribe is not spoken: write `url: /.test(text)),
      [],
    );
  });
}
