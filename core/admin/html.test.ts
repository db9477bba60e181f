import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html, jsonForScript } from './html.ts';

test('what is put into a template is escaped, in text and in attributes', () => {
  const evil = `"><script>alert('&')</script>`;
  const { text } = html`<a title="${evil}">${evil}</a>`;
  assert.equal(text.match(/<script/), null);
  assert.ok(text.includes('&#34;&#62;&#60;script&#62;alert(&#39;&#38;&#39;)'));
});

test('templates nest, and lists are joined', () => {
  const rows = ['a', '<'].map((cell) => html`<td>${cell}</td>`);
  assert.equal(html`<tr>${rows}</tr>${3}`.text, '<tr><td>a</td><td>&#60;</td></tr>3');
});

test('data for a script cannot end its element and reads back the same', () => {
  const data = { x: '</script><!--&\u2028' };
  const { text } = jsonForScript(data);
  assert.ok(!/[<>&\u2028]/.test(text));
  assert.deepEqual(JSON.parse(text), data);
});
