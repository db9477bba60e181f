import { family } from '../config/kind.ts';
import { localhostTransformer, specificHostTransformer } from './hosts.ts';
import { daemonsetTransformer } from './k8s-daemonset.ts';
import { linkedTransformer } from './k8s-linked.ts';
import { localnodeTransformer } from './k8s-localnode.ts';
import { portTransformer } from './port.ts';
import { constTransformer, replaceTransformer } from './replace.ts';

export const transformerKinds = family('transformer', [
  portTransformer,
  localhostTransformer,
  specificHostTransformer,
  replaceTransformer,
  constTransformer,
  daemonsetTransformer,
  localnodeTransformer,
  linkedTransformer,
]);
