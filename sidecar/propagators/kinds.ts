import { family } from '#core/config/kind.ts';
import { defaultPropagator } from './default.ts';
import type { TracePropagator } from './propagator.ts';
import { w3cPropagator } from './w3c.ts';
import { zipkinPropagator } from './zipkin.ts';

/** The ways a trace goes from hop to hop: `tracePropagator` of a router. */
export const propagatorKinds = family<undefined, TracePropagator>('trace propagator', [
  defaultPropagator,
  zipkinPropagator,
  w3cPropagator,
]);
