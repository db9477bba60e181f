import assert from 'node:assert/strict';
import { type Activity, pending, type State } from '#core/reactive/activity.ts';

/** What an activity is at this moment, to someone who did not observe it before. */
export function stateNow<T>(activity: Activity<T>): State<T> {
  let now: State<T> = pending;
  activity.states
    .observe((state) => {
      now = state;
    })
    .close();
  return now;
}

/** The value of an activity that is ok at this moment; fails the test where it is not. */
export function valueNow<T>(activity: Activity<T>): T {
  const state = stateNow(activity);
  assert.ok(state.kind === 'ok', state.kind === 'failed' ? `failed: ${state.error.message}` : state.kind);
  return state.value;
}
