import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { Html, html } from './html.ts';
import { page } from './page.ts';

const evil = `"><script>alert('&')</script>`;
const policyOf = ({ headers }: ReturnType<typeof page>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (headers?.['content-security-policy'] ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );

test('a page has its title, each of its links, its body and its script', () => {
  const links = [
    ['/', 'first'],
    ['/b?c=d', 'second'],
  ] as const;
  const { status, type, body } = page('A title', links, html`<p>what is shown</p>`, 'run()');
  assert.deepEqual([status, type], [200, 'text/html;charset=UTF-8']);
  for (const part of [
    '<title>A title</title>',
    '<a href="/">first</a>',
    '<a href="/b?c=d">second</a>',
    '<p>what is shown</p>',
    '<script>run()</script>',
  ]) {
    assert.ok(body.includes(part), part);
  }
});

test('titles, links and texts of links are shown, never run', () => {
  const tags = (text: string): readonly string[] =>
    text.match(/<[^>]*>/g)?.map((tag) => tag.split(/[ >]/)[0] ?? '') ?? [];
  const harmless = page('x', [['x', 'x']], html`x`, '').body;
  const text = fc.oneof(fc.constant(evil), fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '/') }));
  fc.assert(
    fc.property(text, text, text, text, (title, path, name, shown) => {
      assert.deepEqual(tags(page(title, [[path, name]], html`${shown}`, '').body), tags(harmless));
    }),
  );
});

test('the browser runs the very script of the page', () => {
  fc.assert(
    fc.property(fc.string(), (script) => {
      const hash = createHash('sha256').update(script).digest('base64');
      assert.equal(policyOf(page('x', [], html``, script))['script-src'], `'sha256-${hash}'`);
    }),
  );
});

test('the browser is told to load nothing from elsewhere, to ask nobody else, and to run nothing else', () => {
  const policy = policyOf(page('x', [], new Html(evil), 'run()'));
  assert.equal(policy['default-src'], "'none'");
  assert.equal(policy['connect-src'], "'self'");
  assert.doesNotMatch(policy['script-src'] ?? '', /unsafe|self|\*|https?:/);
});

test('the style of a page is style: no name in it can be taken for markup', () => {
  const style = /<style>([\s\S]*?)<\/style>/.exec(page('x', [], html``, '').body)?.[1] ?? '';
  assert.match(style, /\.bad \{/);
  assert.doesNotMatch(style, /<|url\(|@import|&#/);
});
