import { family } from '../../core/config/kind.ts';
import { aperture } from './aperture.ts';
import { ewma } from './ewma.ts';
import { heap } from './heap.ts';
import { p2c } from './p2c.ts';
import { roundRobin } from './round-robin.ts';

/** How an endpoint is chosen: `loadBalancer` of a client. */
export const balancerKinds = family('load balancer', [p2c, ewma, aperture, heap, roundRobin]);
