import type { Command } from 'commander';

/** What can be said of a mesh as a whole, the same to `injector`, `inject` and `install`. */
const flags: readonly (readonly [flags: string, description: string])[] = [
  ['--mesh-namespace <name>', "the mesh's own namespace (default: heddle)"],
  ['--cluster-domain <domain>', 'where Services have their names (default: cluster.local)'],
  ['--default-mode <mode>', 'sidecar, node or none, for pods and namespaces that say nothing (default: sidecar)'],
  ['--image <image>', 'image of the linkers (default: heddle and the version)'],
  ['--image-pull-policy <policy>', 'Always, IfNotPresent or Never'],
  ['--no-native-sidecar', 'make linkers plain containers, for Kubernetes before 1.29'],
  ['--sidecar-address <where>', "loopback, or pod-ip where a pod's containers do not share it (default: loopback)"],
  ['--node-address <where>', 'service, or host-port, to reach the linker of the node (default: service)'],
  ['--ipv6', "pods' and nodes' first address is IPv6"],
  ['--upper-case-env', 'write HTTP_PROXY and NO_PROXY too'],
  ['--direct-hosts <hosts>', 'more hosts that are never sent through a linker, between commas'],
  [
    '--tls-secret <name>',
    "Secret with the linkers' certificate, in each namespace; '' for none (default: heddle-linker-tls)",
  ],
  ['--cpu-request <quantity>', 'of a sidecar (default: 50m)'],
  ['--memory-request <quantity>', 'of a sidecar (default: 64Mi)'],
  ['--memory-limit <quantity>', 'of a sidecar (default: 256Mi)'],
];

export function addMeshFlags(command: Command): Command {
  for (const [flag, description] of flags) command.option(flag, description);
  return command;
}

/** Those flags of a parsed command that were given, as arguments for another one. */
export function givenMeshFlags(command: Command): string[] {
  const ours = new Set(flags.map(([flag]) => flag));
  return command.options.flatMap((option) => {
    const key = option.attributeName();
    if (!ours.has(option.flags) || command.getOptionValueSource(key) !== 'cli') return [];
    const long = option.long ?? '';
    return option.required ? [`${long}=${String(command.getOptionValue(key))}`] : [long];
  });
}
