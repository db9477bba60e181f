import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Play, readScript } from './script.ts';

/**
 * The scripts beside this file. A scenario sets a mesh up (`namer`, `transform`, `dtab`, `local`, `host`), binds one
 * path (`bind`), changes things (`have <id> <addresses>`, `gone <id>`, `wait <id>`, `broken <id> <why>`, `dtab`) and says with
 * `=` what the binding then is, live: `/#/x/y + /residual <10.0.0.1:80>` in the grammar of trees.
 */
for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'))) {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  for (const { title, commands } of readScript(text)) {
    test(`${file}: ${title}`, async () => {
      const play = new Play();
      let expectations = 0;
      for (const { line, words } of commands) {
        const wrong = await play.run(words);
        assert.equal(wrong, undefined, `${file}:${line}: ${wrong}`);
        if (words.startsWith('=')) expectations += 1;
      }
      assert.ok(expectations > 0, 'a scenario without `=` says nothing');
      play.close();
      assert.equal(play.observed, 0, 'a closed binding lets go of every look-up');
    });
  }
}
