import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finding, isLoud, type ReasonCode, reasons, say } from './reasons.ts';

test('every reason is one line that ends in its code and fits into a warning', () => {
  for (const code of Object.keys(reasons) as ReasonCode[]) {
    for (const detail of ['', 'container "app"', 'x'.repeat(300)]) {
      const line = say(finding(code, detail));
      assert.match(line, /^heddle: [^\n]+ \[[a-z-]+\]$/);
      assert.ok(line.endsWith(`[${code}]`) && line.length <= 256, line);
    }
  }
});

test('a refusal says so, a remark says of what', () => {
  assert.equal(
    say(finding('invalid-mode', '"x" on the pod')),
    'heddle: not injected: the annotation heddle.io/mode must be sidecar, node or none: "x" on the pod [invalid-mode]',
  );
  assert.equal(
    say(finding('own-no-proxy', 'container "a"')),
    'heddle: container "a" takes no_proxy from elsewhere, so it could not be completed [own-no-proxy]',
  );
  assert.equal(say(finding('injected')), 'heddle: the pod joined the mesh [injected]');
});

test('owners hear of refusals and remarks, not of what went as asked', () => {
  const loud = (['host-network', 'env-from', 'injected', 'pod-disabled'] as const).map(isLoud);
  assert.deepEqual(loud, [true, true, false, false]);
});
