import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateNow } from '#test/helpers/state-now.ts';
import type { Closable } from '../closable.ts';
import { Activity } from '../reactive/activity.ts';
import { alt, leaf, type NameTree } from './name-tree.ts';
import { NameQuota, TooManyNames } from './quota.ts';

const names = (n: number): NameTree<number> => alt(...Array.from({ length: n }, (_, i) => leaf(i)));

/** Holds a tree of so many names; the handle lets go of them. */
const hold = (quota: NameQuota, n: number): Closable =>
  quota.hold(names(n), () => Activity.value('held')).states.observe(() => {});

const kind = (activity: Activity<string>): string => {
  const state = stateNow(activity);
  return state.kind === 'failed' ? state.error.constructor.name : state.kind;
};

test('names count as long as they are observed', () => {
  const quota = new NameQuota();
  const first = hold(quota, 1500);
  assert.equal(kind(quota.hold(names(500), () => Activity.value(''))), 'ok');
  assert.equal(kind(quota.hold(names(501), () => Activity.value(''))), TooManyNames.name);
  first.close();
  assert.equal(kind(quota.hold(names(501), () => Activity.value(''))), 'ok');
});

test('once names were refused nothing more is made, until some are let go of', () => {
  const quota = new NameQuota();
  let made = 0;
  const make = (): Activity<string> => {
    made += 1;
    return Activity.value('made');
  };
  assert.equal(kind(quota.take(make)), 'ok');
  const held = hold(quota, 1999);
  hold(quota, 2).close();
  assert.equal(kind(quota.take(make)), TooManyNames.name);
  assert.equal(made, 1);
  held.close();
  assert.equal(kind(quota.take(make)), 'ok');
});

test('what cannot be made holds nothing', () => {
  const quota = new NameQuota();
  const faulty = quota.hold(names(2000), (): Activity<string> => {
    throw new Error('a fault');
  });
  assert.equal(kind(faulty), 'Error');
  assert.equal(kind(quota.hold(names(2000), () => Activity.value(''))), 'ok');
});
