import { family } from '../config/kind.ts';
import { localhostTransformer, specificHostTransformer } from './hosts.ts';
import { portTransformer } from './port.ts';
import { constTransformer, replaceTransformer } from './replace.ts';

export const transformerKinds = family(
  'transformer',
  [portTransformer, localhostTransformer, specificHostTransformer, replaceTransformer, constTransformer],
  ['io.l5d.k8s.daemonset', 'io.l5d.k8s.localnode'],
);
