import * as z from 'zod';
import { loopback, type Mesh, nodeHostPort, nodeService, podAddress } from './mesh.ts';

/** Items between commas. */
export const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

/** Options of the mesh as a whole, as `heddle injector`, `inject` and `install` take them. */
export const meshOptions = z.object({
  meshNamespace: z.string().min(1).default('heddle'),
  clusterDomain: z.string().min(1).default('cluster.local'),
  defaultMode: z.enum(['sidecar', 'node', 'none']).default('sidecar'),
  image: z.string().min(1).optional(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  nativeSidecar: z.boolean().default(true),
  sidecarAddress: z.enum(['loopback', 'pod-ip']).default('loopback'),
  nodeAddress: z.enum(['service', 'host-port']).default('service'),
  ipv6: z.boolean().default(false),
  upperCaseEnv: z.boolean().default(false),
  directHosts: list,
  tlsSecret: z.string().default('heddle-linker-tls'),
  cpuRequest: z.string().default('50m'),
  memoryRequest: z.string().default('64Mi'),
  memoryLimit: z.string().default('256Mi'),
});

export type MeshOptions = z.output<typeof meshOptions>;

export function meshOf(options: MeshOptions, version: string): Mesh {
  return {
    version,
    namespace: options.meshNamespace,
    defaultMode: options.defaultMode,
    image: options.image ?? `heddle:${version}`,
    imagePullPolicy: options.imagePullPolicy,
    nativeSidecar: options.nativeSidecar,
    resources: {
      cpuRequest: options.cpuRequest,
      memoryRequest: options.memoryRequest,
      memoryLimit: options.memoryLimit,
    },
    sidecarHost: options.sidecarAddress === 'loopback' ? loopback : podAddress(options.ipv6),
    nodeHost:
      options.nodeAddress === 'service'
        ? nodeService(options.meshNamespace, options.clusterDomain)
        : nodeHostPort(options.ipv6),
    upperCaseEnv: options.upperCaseEnv,
    noProxy: options.directHosts,
    tlsSecret: options.tlsSecret,
  };
}

/** What the command line gave, checked. Throws an Error with a line for each thing that is wrong. */
export function readOptions<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new Error(
    read.error.issues.map(({ path, message }) => `--${flag(String(path[0] ?? ''))}: ${message}`).join('\n'),
  );
}

/** `noProxy` as it is written: `no-proxy`. */
const flag = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
