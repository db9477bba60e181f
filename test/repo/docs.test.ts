import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { loadLinkerConfig } from '#sidecar/config.ts';

const root = join(import.meta.dirname, '../..');
const documents = [
  ...globSync('*.md', { cwd: root }),
  ...globSync('{docs,manifests,bench,test}/**/*.md', { cwd: root, exclude: ['**/node_modules/**'] }),
].sort();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Block {
  readonly language: string;
  readonly text: string;
}

function blocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

test('README, ARCHITECTURE and CONTRIBUTING are there', () => {
  for (const name of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) assert.ok(documents.includes(name), name);
});

test('README’s two commands are the first it shows', () => {
  const commands = blocks(read('README.md')).filter(({ language }) => language === 'sh');
  assert.deepEqual(
    commands.slice(0, 2).map(({ text }) => text.trim()),
    ['npm ci && npm run demo', 'npm ci && npm test'],
  );
});

for (const path of documents) {
  describe(path, () => {
    const text = read(path);

    test('links to files that exist', () => {
      const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link = '']) => link);
      const broken = links.filter((link) => !existsSync(join(root, dirname(path), link)));
      assert.deepEqual(broken, []);
    });

    test('names scripts and commands that exist', () => {
      const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
      const shell = blocks(text).filter(({ language }) => language === 'sh' || language === 'console');
      const code = [
        ...shell.map((block) => block.text),
        ...[...text.matchAll(/`([^`\n]+)`/g)].map(([, inline = '']) => inline),
      ].join('\n');
      const named = [...code.matchAll(/npm (?:run (?:-s )?)?([\w:-]+)/g)].map(([, name = '']) => name);
      assert.deepEqual(
        named.filter((name) => !['ci', 'install'].includes(name) && scripts[name] === undefined),
        [],
      );
      const files = [...code.matchAll(/(?:^|\s)((?:bin|scripts|bench)\/[\w./-]+)/g)].map(([, name = '']) => name);
      assert.deepEqual(
        files.filter((name) => !existsSync(join(root, name))),
        [],
      );
    });

    test('shows configurations that a linker reads', () => {
      for (const block of blocks(text)) {
        if (block.language !== 'yaml' || !/^routers:/m.test(block.text)) continue;
        // A folder that the text tells the reader to make.
        loadLinkerConfig(block.text.replace(/rootDir: .*/g, 'rootDir: .'), path);
      }
    });
  });
}
