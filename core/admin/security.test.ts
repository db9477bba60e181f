import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowing, type Security } from './security.ts';

const open: Security = {
  uiEnabled: true,
  controlEnabled: true,
  diagnosticsEnabled: true,
  pathWhitelist: [],
  pathBlacklist: [],
};

test('each category can be switched off', () => {
  const allows = allowing({ ...open, controlEnabled: false });
  assert.equal(allows({ path: '/admin/shutdown', category: 'control' }), false);
  assert.equal(allows({ path: '/', category: 'ui' }), true);
  assert.equal(allows({ path: '/admin/ping', category: 'diagnostics' }), true);
});

test('the whitelist opens single paths of a category that is off, and must match all of the path', () => {
  const allows = allowing({ ...open, uiEnabled: false, pathWhitelist: [/\/config|\/conf/, /^\/x\.json$/] });
  assert.equal(allows({ path: '/config', category: 'ui' }), true);
  assert.equal(allows({ path: '/x.json', category: 'ui' }), true);
  assert.equal(allows({ path: '/config.json', category: 'ui' }), false);
});

test('the blacklist beats the whitelist and the categories', () => {
  const allows = allowing({ ...open, pathWhitelist: [/.*/], pathBlacklist: [/\/admin\/.*/] });
  assert.equal(allows({ path: '/admin/ping', category: 'diagnostics' }), false);
  assert.equal(allows({ path: '/', category: 'ui' }), true);
});
