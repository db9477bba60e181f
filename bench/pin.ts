import { availableParallelism } from 'node:os';

/** Client and origin share one core, every proxy process another, so that neither takes time from the other. */
export const clientCore = 0;
export const proxyCore = 1;

/** The command held to one core. Threads and children inherit it. */
export function pinned(core: number, command: readonly string[]): readonly string[] {
  if (availableParallelism() < 2)
    throw new Error('a benchmark needs two cores: one for the proxy, one for client and origin');
  return ['taskset', '-c', String(core), ...command];
}
