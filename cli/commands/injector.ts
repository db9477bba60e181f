import type { Command } from 'commander';
import { addMeshFlags } from '../mesh-flags.ts';

export function injector(program: Command): void {
  const command = program
    .command('injector')
    .summary('run the admission webhook')
    .description(
      'Serves reviews of pods over HTTPS, and keeps its certificate and the trust in it, until it is told to stop.',
    )
    .option('--ip <address>', 'to listen on (default: 0.0.0.0)')
    .option('--port <port>', 'to listen on, 0 for any (default: 8443)')
    .option('--linker-config <folder>', 'sidecar.yaml and node.yaml (default: /etc/heddle/linker)')
    .option('--service-name <name>', 'Service the API server calls (default: heddle-injector)')
    .option('--server-name <names>', 'more names and addresses for the certificate, between commas')
    .option('--webhook-configuration <name>', 'whose caBundle is kept (default: heddle-injector)')
    .option('--webhook-secret <name>', 'that keeps the certificate (default: heddle-injector-tls)')
    .option('--drain-seconds <seconds>', 'to go on answering after SIGTERM (default: 10)')
    .option('--log-level <level>', 'debug, info, warn or error (default: info)')
    .option('--standalone', 'use no API server: namespaces from a file, the CA into a file')
    .option('--namespaces <file>', 'manifests of namespaces, for --standalone')
    .option('--ca-file <file>', 'written with what callers have to trust, for --standalone');
  addMeshFlags(command).action(async (options: object) => {
    const [{ runInjector }, { version }] = await Promise.all([import('#webhook/main.ts'), import('#core/version.ts')]);
    await runInjector(options, version);
  });
}
