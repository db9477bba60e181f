import { empty, fail } from '../../naming/name-tree.ts';
import type { Namer } from '../../naming/namer.ts';
import { Path } from '../../naming/path.ts';
import { Activity } from '../../reactive/activity.ts';

/** `/$/nil` is Empty and `/$/fail` is Fail, whatever comes after. */
export const endNamers: readonly Namer[] = [
  { prefix: Path.of('nil'), lookup: () => Activity.value(empty) },
  { prefix: Path.of('fail'), lookup: () => Activity.value(fail) },
];
