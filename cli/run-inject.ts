import { readFileSync } from 'node:fs';
import { version } from '#core/version.ts';
import { linkerTexts } from '#manifests/linker-texts.ts';
import { readLinkerConfig } from '#webhook/linker-config.ts';
import { readLinkers } from '#webhook/linker-files.ts';
import type { Linkers } from '#webhook/mesh.ts';
import { meshOf, meshOptions, readOptions } from '#webhook/mesh-options.ts';
import { injectManifests } from './inject-manifests.ts';

/** `heddle inject`: manifests to standard output, what was done to standard error. Throws where it cannot be done. */
export function runInject(options: {
  readonly filename: string;
  readonly namespace: string;
  readonly linkerConfig?: string;
}): void {
  const mesh = meshOf(readOptions(meshOptions, options), version);
  const linkers = options.linkerConfig === undefined ? shippedLinkers() : readLinkers(options.linkerConfig);
  const source = readFileSync(options.filename === '-' ? 0 : options.filename, 'utf8');
  const { text, report } = injectManifests(source, { mesh, linkers, namespace: options.namespace });
  process.stdout.write(text);
  for (const line of report) process.stderr.write(`${line}\n`);
}

function shippedLinkers(): Linkers {
  const { sidecar, node } = linkerTexts();
  return { sidecar: readLinkerConfig('sidecar.yaml', sidecar), node: readLinkerConfig('node.yaml', node) };
}
