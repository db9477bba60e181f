import { type Closable, closeAll, nothingToClose } from '../closable.ts';
import { Activity, ok } from '../reactive/activity.ts';
import type { World } from '../world.ts';
import type { Answer, ApiClient } from './client.ts';

export const discoveryGroup = '/apis/discovery.k8s.io/v1';
export const networkingGroup = '/apis/networking.k8s.io/v1';
const retryMs = { least: 500, spread: 1_000 };

/**
 * Asks an API once whether it serves a resource of a group, and again while there is no answer. Who may not ask (401, 403) is
 * told yes: the rights for the resource itself decide.
 */
export function serves(client: ApiClient, world: World, group: string, plural: string): Activity<boolean> {
  let answered: boolean | undefined;
  return Activity.from((set) => {
    let current: Closable = nothingToClose;
    const ask = (): void => {
      current = client.get(group, (answer) => {
        answered = verdict(answer, plural);
        if (answered !== undefined) set(ok(answered));
        else current = world.clock.after(retryMs.least + retryMs.spread * world.random(), ask);
      });
    };
    if (answered === undefined) ask();
    else set(ok(answered));
    return closeAll({ close: () => current.close() });
  });
}

function verdict(answer: Answer, plural: string): boolean | undefined {
  switch (answer.kind) {
    case 'ok': {
      const list = answer.body as { resources?: readonly { name?: string }[] } | null;
      return list?.resources?.some((r) => r.name === plural) ?? false;
    }
    case 'status':
      if (answer.status === 401 || answer.status === 403) return true;
      return answer.status === 404 ? false : undefined;
    case 'garbled':
      return false;
    case 'broken':
      return undefined;
  }
}
