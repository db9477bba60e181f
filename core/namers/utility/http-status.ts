import { utilityNamerElement } from '../../naming/lookup.ts';
import { metaKeys } from '../../naming/meta.ts';
import { type Address, boundAddr, boundName } from '../../naming/name.ts';
import { leaf, neg } from '../../naming/name-tree.ts';
import type { Namer } from '../../naming/namer.ts';
import { Path } from '../../naming/path.ts';
import { Activity } from '../../reactive/activity.ts';

/** Key of `Address.meta` by which the data path knows an address that is an answer. */
export const httpStatusKey = metaKeys.httpStatus;

const prefix = Path.of('io.buoyant.http.status');
const root = Path.of(utilityNamerElement).concat(prefix);

/** `/$/io.buoyant.http.status/<code>`: a cluster whose one address answers every request with that status. */
export const httpStatusNamer: Namer = {
  prefix,
  lookup(path) {
    const code = path.segments[0] ?? '';
    if (!/^[1-9]\d\d$/.test(code)) return Activity.value(neg);
    const answer: Address = { host: '0.0.0.0', port: 0, weight: 1, meta: { [httpStatusKey]: code } };
    return Activity.value(leaf(boundName(root.concat(path.take(1)), path.drop(1), Activity.value(boundAddr(answer)))));
  },
};
