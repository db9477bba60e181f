import type { Command } from 'commander';
import { addMeshFlags } from '../mesh-flags.ts';

export function install(program: Command): void {
  const command = program
    .command('install')
    .summary('print what kubectl applies to install the mesh')
    .description('Prints the manifests of the mesh: heddle install | kubectl apply -f -')
    .option('--replicas <number>', 'of the injector (default: 2)')
    .option('--failure-policy <policy>', 'Ignore, or Fail to refuse pods while no injector answers (default: Ignore)')
    .option('--webhook-url <url>', 'https://host:port of an injector outside the cluster')
    .option('--sidecar-namespaces <names>', 'whose pods may have sidecars, between commas')
    .option('--linker-tls <folder>', "tls.crt, tls.key and ca.crt for the linkers' Secrets (default: print no Secrets)")
    .option('--linker-config <folder>', 'sidecar.yaml and node.yaml (default: as shipped)')
    .option('--no-node-linker', 'without the linkers of nodes, where all pods have sidecars')
    .option('--node-namespace <name>', 'where linkers of nodes look up hosts without a namespace (default: default)');
  addMeshFlags(command).action(async (options: object) => {
    const [{ givenMeshFlags }, { runInstall }] = await Promise.all([
      import('../mesh-flags.ts'),
      import('../run-install.ts'),
    ]);
    process.stdout.write(runInstall(options, givenMeshFlags(command)));
  });
}
