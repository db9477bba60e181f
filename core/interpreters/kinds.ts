import { family } from '../config/kind.ts';
import { defaultInterpreter } from './default.ts';

export const interpreterKinds = family(
  'interpreter',
  [defaultInterpreter],
  [
    'io.l5d.namerd',
    'io.l5d.mesh',
    'io.l5d.namerd.http',
    'io.l5d.fs',
    'io.l5d.k8s.configMap',
    'io.l5d.consul.interpreter',
    'io.l5d.k8s.istio',
  ],
);
