import { stringify } from 'yaml';
import { injectorWorkload } from './injector.ts';
import { linkerConfigs, linkerSecrets, meshNamespace } from './namespace.ts';
import { nodeLinkers } from './node-linker.ts';
import type { InstallOptions, Manifest } from './options.ts';
import { injectorRights, linkerRights } from './rbac.ts';
import { webhookConfiguration } from './webhook-configuration.ts';

/** Everything an installation applies, in an order in which each object finds what it needs. */
export function meshManifests(options: InstallOptions): Manifest[] {
  return [
    meshNamespace(options),
    ...injectorRights(options),
    ...linkerRights(options),
    linkerConfigs(options),
    ...linkerSecrets(options),
    ...nodeLinkers(options),
    ...injectorWorkload(options),
    // Last, when there is someone to ask.
    webhookConfiguration(options),
  ];
}

/** YAML for `kubectl apply -f -`. */
export const showManifests = (manifests: readonly Manifest[]): string =>
  manifests.map((manifest) => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
