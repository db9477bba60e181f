import { family } from '../config/kind.ts';
import { consulNamer } from './consul.ts';
import { dnsSrvNamer } from './dns-srv.ts';
import { fsNamer } from './fs.ts';
import { k8sNamer } from './k8s.ts';
import { k8sExternalNamer } from './k8s-external.ts';
import { k8sNsNamer } from './k8s-ns.ts';
import { marathonNamer } from './marathon.ts';
import { rewriteNamer } from './rewrite.ts';
import { serversetsNamer } from './serversets.ts';
import { zkLeaderNamer } from './zk-leader.ts';

export const namerKinds = family(
  'namer',
  [
    consulNamer,
    dnsSrvNamer,
    fsNamer,
    k8sExternalNamer,
    k8sNamer,
    k8sNsNamer,
    marathonNamer,
    rewriteNamer,
    serversetsNamer,
    zkLeaderNamer,
  ],
  [],
  {
    'io.l5d.curator': 'register services with Consul (io.l5d.consul), or list them in files (io.l5d.fs)',
    'io.l5d.k8s.istio': 'use io.l5d.k8s',
    'io.l5d.rancher': 'Rancher runs Kubernetes since its version 2: use io.l5d.k8s',
  },
);
