import type { Clock } from '../../clock.ts';
import { type HostResolver, systemResolver } from '../../host.ts';
import type { Namer } from '../../naming/namer.ts';
import { endNamers } from './ends.ts';
import { hostPortNamers } from './host-port.ts';
import { httpNamers } from './http.ts';
import { httpStatusNamer } from './http-status.ts';
import { inetNamers } from './inet.ts';

/** The namers that are always there, under `/$`. */
export function utilityNamers(
  world: { readonly clock: Clock },
  resolve: HostResolver = systemResolver,
): readonly Namer[] {
  return [...inetNamers(world.clock, resolve), ...hostPortNamers, ...httpNamers, httpStatusNamer, ...endNamers];
}
