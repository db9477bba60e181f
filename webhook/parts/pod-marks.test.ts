import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { anyPod } from '#test/inject/pods.ts';
import { namespace, podOf, scene } from '#test/inject/scene.ts';
import { linkerConfigFor } from '../linker-config.ts';
import type { AddOperation } from '../patch.ts';
import type { Pod, Strings } from '../pod.ts';
import { podMarks, statusMark } from './pod-marks.ts';

const mode = fc.constantFrom('sidecar', 'node');
const after = (pod: Pod, operations: readonly AddOperation[]): Pod =>
  fastJsonPatch.applyPatch(structuredClone(pod), operations as never, true).newDocument;
const marksOf = (pod: Pod): readonly [Strings, Strings] => [
  pod.metadata?.labels ?? {},
  pod.metadata?.annotations ?? {},
];

test('a pod keeps all its labels and annotations, and has ours beside them', () => {
  fc.assert(
    fc.property(anyPod, mode, fc.string(), fc.boolean(), (pod, mode, status, joined) => {
      const asked = scene(pod);
      const [labels, annotations] = marksOf(pod);
      const config = { 'heddle.io/linker-config': linkerConfigFor(asked.linkers.sidecar, 'shop') };
      assert.deepEqual(marksOf(after(pod, podMarks(asked, mode, status, joined))), [
        { ...labels, 'heddle.io/linked': mode },
        { ...annotations, 'heddle.io/status': status, ...(mode === 'sidecar' && !joined ? config : {}) },
      ]);
    }),
  );
});

test('a pod that is left alone keeps all, and is told why', () => {
  fc.assert(
    fc.property(anyPod, fc.string(), (pod, status) => {
      const [labels, annotations] = marksOf(pod);
      assert.deepEqual(marksOf(after(pod, statusMark(pod, status))), [
        labels,
        { ...annotations, 'heddle.io/status': status },
      ]);
    }),
  );
});

test('nothing outside labels and annotations is touched', () => {
  fc.assert(
    fc.property(anyPod, mode, fc.boolean(), (pod, mode, joined) => {
      for (const { path } of [...podMarks(scene(pod), mode, 's', joined), ...statusMark(pod, 's')])
        assert.match(path, pod.metadata ? /^\/metadata\/(labels|annotations)(\/|$)/ : /^\/metadata$/);
    }),
  );
});

test('marks that stand there already cost no operation', () => {
  fc.assert(
    fc.property(anyPod, mode, fc.string(), fc.boolean(), (pod, mode, status, joined) => {
      const once = after(pod, podMarks(scene(pod), mode, status, joined));
      assert.deepEqual(podMarks(scene(once), mode, status, joined), []);
      assert.deepEqual(statusMark(once, status), []);
    }),
  );
});

test('a sidecar that runs already keeps the configuration it was made with', () => {
  const pod = podOf({}, { 'heddle.io/linker-config': 'of last year' });
  const [, kept] = marksOf(after(pod, podMarks(scene(pod), 'sidecar', 's', true)));
  assert.equal(kept['heddle.io/linker-config'], 'of last year');
});

test('a new sidecar is configured for the namespace of its pod, whatever the pod claims', () => {
  const pod = podOf({}, { 'heddle.io/linker-config': 'mine' });
  const asked = scene(pod, { namespace: namespace('blue') });
  const [, annotations] = marksOf(after(pod, podMarks(asked, 'sidecar', 's', false)));
  assert.equal(annotations['heddle.io/linker-config'], linkerConfigFor(asked.linkers.sidecar, 'blue'));
  assert.doesNotMatch(annotations['heddle.io/linker-config'] ?? '', /\{\{/);
});
