import { Activity } from '../reactive/activity.ts';
import { bind, sameTree } from './bind.ts';
import { delegate } from './delegate.ts';
import { concatDtab, type Dtab } from './dtab.ts';
import { lookupIn, lookupNamers } from './lookup.ts';
import { pathName } from './name.ts';
import { leaf } from './name-tree.ts';
import type { BindPath, Interpreter, Namer } from './namer.ts';
import { Path } from './path.ts';

/**
 * The interpreter of this process: a dtab over configured namers (in the order of the configuration; the last is asked
 * first) and utility namers. Live: bindings follow the dtab and the namers.
 */
export function configuredInterpreter(
  dtab: Activity<Dtab> | Dtab,
  configured: readonly Namer[],
  utilities: readonly Namer[],
): Interpreter {
  const tables = dtab instanceof Activity ? dtab : Activity.value(dtab);
  const namers = { configured, utilities };
  return {
    bind: (local, path) =>
      tables
        .flatMap((table) => bind(lookupIn(concatDtab(table, local), namers), leaf(pathName(path))))
        .distinct(sameTree),
    delegate: (local, from) =>
      tables.flatMap((table) => delegate(concatDtab(table, local), namers, from instanceof Path ? leaf(from) : from)),
  };
}

/** Binding by the namers alone, without any dtab. */
export function namersAlone(configured: readonly Namer[], utilities: readonly Namer[]): BindPath {
  const namers = { configured, utilities };
  return (path) => bind((p) => lookupNamers(namers, p), leaf(pathName(path))).distinct(sameTree);
}
