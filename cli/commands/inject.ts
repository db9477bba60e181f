import type { Command } from 'commander';
import { addMeshFlags } from '../mesh-flags.ts';

interface Options {
  readonly filename: string;
  readonly namespace: string;
  readonly linkerConfig?: string;
}

export function inject(program: Command): void {
  const command = program
    .command('inject')
    .summary('put pods of manifests into the mesh')
    .description('Prints manifests with their pod templates changed as the injector would change pods. Comments stay.')
    .requiredOption('-f, --filename <file>', 'YAML or JSON; - is standard input')
    .option('-n, --namespace <name>', 'of objects that name none', 'default')
    .option('--linker-config <folder>', 'sidecar.yaml and node.yaml of the mesh (default: as shipped)');
  addMeshFlags(command).action(async (options: Options) => {
    const { runInject } = await import('../run-inject.ts');
    runInject(options);
  });
}
