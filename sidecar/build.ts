import { type Closable, closeAll } from '#core/closable.ts';
import type { Loaded, Remark } from '#core/config/load.ts';
import { tryPart } from '#core/config/parts.ts';
import { ConfigError } from '#core/config/problem.ts';
import { telemeterKinds } from '#core/telemeters/kinds.ts';
import type { Telemeter } from '#core/telemeters/telemeter.ts';
import type { Metrics } from '#core/telemetry/metrics.ts';
import { allTracers } from '#core/telemetry/tracer.ts';
import type { World } from '#core/world.ts';
import type { LinkerConfig } from './config.ts';
import { DataPath } from './data-path.ts';

/** All parts of a linker, none of which has opened or followed anything yet. */
export interface Built extends Closable {
  readonly telemeters: readonly Telemeter[];
  readonly path: DataPath;
  /** The world of the data path. */
  readonly world: World;
}

/**
 * Builds what the configuration asks for. Throws a ConfigError with all that cannot be made, with nothing left behind.
 * `world.metrics` are what telemeters show, `own` what this thread counts.
 */
export function buildLinker({ value, placed, source }: Loaded<LinkerConfig>, world: World, own: Metrics): Built {
  const problems: Remark[] = [];
  const telemeters = value.telemetry.flatMap(
    (telemeter, t) => tryPart(['telemetry', t], () => telemeterKinds.make(telemeter, world), problems) ?? [],
  );
  const inner: World = { ...world, metrics: own, tracer: allTracers(telemeters.flatMap(({ tracer }) => tracer ?? [])) };
  const path = tryPart([], () => new DataPath(value, inner), problems);
  if (path === undefined || problems.length > 0) {
    path?.close();
    closeAll(...telemeters).close();
    throw new ConfigError(source.file, problems.map(placed));
  }
  return { telemeters, path, world: inner, close: closeAll(path, ...telemeters).close };
}
