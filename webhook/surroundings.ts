import { readFileSync, writeFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { Clock } from '#core/clock.ts';
import { type Closable, nothingToClose } from '#core/closable.ts';
import { type CertificatePlace, privatePlace } from './certificate-keeper.ts';
import type { InjectorOptions } from './config.ts';
import type { Namespace } from './decide.ts';
import { endlessWatch, type WatchWorld } from './endless-watch.ts';
import { type NamespaceObject, NamespaceSnapshot, readNamespace } from './namespaces.ts';

/** What an injector gets from the cluster around it, or from files where there is none. */
export interface Surroundings {
  readonly namespaces: NamespaceSnapshot;
  readonly place: CertificatePlace;
  readonly watch: Closable;
}

/** The Kubernetes client is loaded here, so that an injector without a cluster does without it. */
export async function inCluster(options: InjectorOptions, world: WatchWorld): Promise<Surroundings> {
  const { cluster } = await import('./cluster.ts');
  const { namespaces: source, certificatePlace } = cluster();
  const namespaces = new NamespaceSnapshot(world.clock);
  const watch = endlessWatch(source, world, (objects) => namespaces.set(byName(objects.values())));
  const place = certificatePlace(options.meshNamespace, options.webhookSecret, options.webhookConfiguration);
  return { namespaces, place, watch };
}

/** Namespaces from a file of manifests, the certificate's CA into a file. */
export function standalone({ namespaces: file, caFile }: InjectorOptions, clock: Clock): Surroundings {
  const namespaces = new NamespaceSnapshot(clock);
  namespaces.set(byName(file === undefined ? [] : namespacesIn(readFileSync(file, 'utf8'))));
  const place = privatePlace((ca) => {
    if (caFile !== undefined) writeFileSync(caFile, ca);
  });
  return { namespaces, place, watch: nothingToClose };
}

function namespacesIn(manifests: string): NamespaceObject[] {
  return parseAllDocuments(manifests)
    .map((document) => document.toJS() as (NamespaceObject & { readonly kind?: string }) | null)
    .filter((object) => object !== null && object.kind === 'Namespace') as NamespaceObject[];
}

const byName = (objects: Iterable<NamespaceObject>): Map<string, Namespace> =>
  new Map([...objects].map(readNamespace).map((namespace) => [namespace.name, namespace]));
