import { family } from '../config/kind.ts';
import { configMapInterpreter } from './config-map.ts';
import { defaultInterpreter } from './default.ts';
import { fsInterpreter } from './fs.ts';

export const interpreterKinds = family(
  'interpreter',
  [defaultInterpreter, fsInterpreter, configMapInterpreter],
  ['io.l5d.namerd', 'io.l5d.mesh', 'io.l5d.namerd.http', 'io.l5d.consul.interpreter'],
  { 'io.l5d.k8s.istio': 'use the interpreter default with the namer io.l5d.k8s' },
);
