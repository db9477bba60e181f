import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadLinkerConfig } from '#sidecar/config.ts';
import { linkers } from '#test/inject/scene.ts';
import { linkerConfigFor } from '#webhook/linker-config.ts';
import { linkerTexts } from './linker-texts.ts';

for (const [name, text] of Object.entries(linkerTexts())) {
  test(`a linker takes ${name}.yaml as it is`, () => {
    const { value, warnings } = loadLinkerConfig(text, `${name}.yaml`);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      value.routers.map(({ label }) => label),
      ['outgoing', 'incoming'],
    );
  });

  test(`a linker takes ${name}.yaml as it goes into pods, and it says the same`, () => {
    const carried = linkerConfigFor(name === 'sidecar' ? linkers.sidecar : linkers.node, 'shop');
    assert.deepEqual(loadLinkerConfig(carried, name).warnings, []);
    const withoutComments = (value: string): unknown =>
      parse(value.replace(/^\s*#.*\n/gm, '').replaceAll('{{namespace}}', 'shop'));
    assert.deepEqual(parse(carried), withoutComments(text));
  });
}
