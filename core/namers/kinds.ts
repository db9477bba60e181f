import { family } from '../config/kind.ts';
import { consulNamer } from './consul.ts';
import { fsNamer } from './fs.ts';
import { k8sNamer } from './k8s.ts';
import { rewriteNamer } from './rewrite.ts';

export const namerKinds = family(
  'namer',
  [consulNamer, fsNamer, k8sNamer, rewriteNamer],
  [
    'io.l5d.k8s.ns',
    'io.l5d.k8s.external',
    'io.l5d.k8s.istio',
    'io.l5d.marathon',
    'io.l5d.serversets',
    'io.l5d.zkLeader',
    'io.l5d.dnssrv',
    'io.l5d.curator',
    'io.l5d.rancher',
  ],
);
