import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { version } from '#core/version.ts';
import { linkerTexts } from '#manifests/linker-texts.ts';
import { meshManifests, showManifests } from '#manifests/mesh.ts';
import { linkerConfigFor, readLinkerConfig } from '#webhook/linker-config.ts';
import { list, meshOf, meshOptions, readOptions } from '#webhook/mesh-options.ts';

const installOptions = meshOptions.extend({
  replicas: z.coerce.number().int().min(1).default(2),
  failurePolicy: z.enum(['Ignore', 'Fail']).default('Ignore'),
  webhookUrl: z
    .string()
    .regex(/^https:\/\/[^/]+$/, 'not https://host:port')
    .optional(),
  sidecarNamespaces: list,
  linkerTls: z.string().optional(),
  linkerConfig: z.string().optional(),
  nodeLinker: z.boolean().default(true),
  nodeNamespace: z.string().min(1).default('default'),
});

/** The manifests as text. `meshFlags` go to the injector as they were given. Throws where options or files are unusable. */
export function runInstall(given: unknown, meshFlags: readonly string[]): string {
  const options = readOptions(installOptions, given);
  const mesh = meshOf(options, version);
  const texts = options.linkerConfig === undefined ? linkerTexts() : textsIn(options.linkerConfig);
  readLinkerConfig('sidecar.yaml', texts.sidecar);
  const node = readLinkerConfig('node.yaml', texts.node);
  return showManifests(
    meshManifests({
      version,
      namespace: mesh.namespace,
      image: mesh.image,
      imagePullPolicy: mesh.imagePullPolicy,
      injector: {
        replicas: options.replicas,
        failurePolicy: options.failurePolicy,
        args: meshFlags,
        url: options.webhookUrl,
      },
      linkers: { sidecar: texts.sidecar, node: linkerConfigFor({ ...node, text: texts.node }, options.nodeNamespace) },
      nodeLinker: options.nodeLinker
        ? {
            outgoingPort: node.outgoingPort,
            incomingPort: node.incomingPort,
            adminPort: node.adminPort,
            hostPort: options.nodeAddress === 'host-port',
            configHash: node.hash,
          }
        : undefined,
      sidecarNamespaces: options.sidecarNamespaces,
      tls: { secret: mesh.tlsSecret, files: options.linkerTls === undefined ? undefined : tlsIn(options.linkerTls) },
    }),
  );
}

const textsIn = (folder: string) => ({ sidecar: read(folder, 'sidecar.yaml'), node: read(folder, 'node.yaml') });
const tlsIn = (folder: string) => ({
  cert: read(folder, 'tls.crt'),
  key: read(folder, 'tls.key'),
  ca: read(folder, 'ca.crt'),
});
const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');
