import { systemResolver } from '../../host.ts';
import type { Namer } from '../../naming/namer.ts';
import type { World } from '../../world.ts';
import { endNamers } from './ends.ts';
import { hostPortNamers } from './host-port.ts';
import { httpNamers } from './http.ts';
import { httpStatusNamer } from './http-status.ts';
import { inetNamers } from './inet.ts';
import { zkLeaderUtility } from './zk-leader.ts';

/** The namers that are always there, under `/$`. */
export function utilityNamers(world: World): readonly Namer[] {
  const { clock, resolve = systemResolver } = world;
  return [
    ...inetNamers(clock, resolve),
    ...hostPortNamers,
    ...httpNamers,
    httpStatusNamer,
    zkLeaderUtility(world),
    ...endNamers,
  ];
}
