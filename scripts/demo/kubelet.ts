import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { V1Container, V1Pod, V1Volume, V1VolumeProjection } from '@kubernetes/client-node';
import { GuardedProcess } from '#test/cluster/guarded-process.ts';
import { eventually } from '#test/helpers/within.ts';
import { commandOf, fileText, imageEnvironment, type Place } from './this-machine.ts';

export interface Kubelet {
  /** For volumes and logs. */
  readonly folder: string;
  readonly files: Place['files'];
  /** Data of a ConfigMap or Secret. */
  readonly contents: (kind: string, name: string) => Readonly<Record<string, string>>;
}

/** Runs the containers of a pod that has its name, node and address, each when those before it listen. */
export async function runPod(pod: V1Pod, { folder, files, contents }: Kubelet): Promise<Map<string, GuardedProcess>> {
  const { metadata: { name = '' } = {}, spec, status: { podIP: ip = '' } = {} } = pod;
  const running = new Map<string, GuardedProcess>();
  for (const container of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
    const { volumeMounts = [], ports = [] } = container;
    const mounts = new Map(volumeMounts.map((mount) => [mount.mountPath, join(folder, name, mount.name)]));
    const place = { ip, mounts, files };
    for (const mount of volumeMounts) {
      const at = join(folder, name, mount.name);
      mkdirSync(at, { recursive: true });
      const shown = volumeFiles(spec?.volumes?.find((volume) => volume.name === mount.name) ?? mount, pod, contents);
      for (const [file, text] of shown) writeFileSync(join(at, file), fileText(file, text, place));
    }
    const env = { ...imageEnvironment(container, place), HOSTNAME: name, ...environment(container, pod) };
    const words = [
      '-i',
      ...Object.entries(env).map(([key, value]) => `${key}=${value}`),
      ...commandOf(container, place),
    ];
    const started = new GuardedProcess(name, 'env', words, join(folder, `${name}.${container.name}.log`));
    running.set(container.name, started);
    for (const { containerPort } of ports) {
      await eventually(() => listens(started, ip, containerPort), `${name} listens on ${ip}:${containerPort}`, 30_000);
    }
  }
  return running;
}

/** Values may refer to those before them as $(NAME); $$ is a dollar sign. */
export function environment({ env = [] }: V1Container, pod: V1Pod): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, value = '', valueFrom } of env) {
    values[name] = valueFrom?.fieldRef
      ? field(pod, valueFrom.fieldRef.fieldPath)
      : value.replace(/\$\$|\$\((\w+)\)/g, (whole, of) => (whole === '$$' ? '$' : (values[of] ?? whole)));
  }
  return values;
}

/** `status.podIP`, `metadata.annotations['some/key']` and the like. */
function field(pod: object, path: string): string {
  const keys = [...path.matchAll(/\['(.+?)'\]|[^.[]+/g)].map(([plain, quoted]) => quoted ?? plain);
  return String(keys.reduce((at, key) => Reflect.get(Object(at), key) as unknown, pod as unknown));
}

function volumeFiles(volume: V1Volume, pod: V1Pod, contents: Kubelet['contents']): [name: string, text: string][] {
  const { configMap, projected } = volume;
  const sources: V1VolumeProjection[] = projected?.sources ?? (configMap ? [{ configMap }] : []);
  return sources.flatMap(({ downwardAPI, configMap, secret }) => {
    const from = configMap ?? secret;
    const data = from ? contents(configMap ? 'ConfigMap' : 'Secret', from.name ?? '') : {};
    const items = from?.items ?? Object.keys(data).map((key) => ({ key, path: key }));
    return [
      ...items.map(({ key, path }): [string, string] => [path, data[key] ?? '']),
      ...(downwardAPI?.items ?? []).map(({ path, fieldRef }): [string, string] => [
        path,
        field(pod, fieldRef!.fieldPath),
      ]),
    ];
  });
}

async function listens(process: GuardedProcess, ip: string, port: number): Promise<true | undefined> {
  process.check();
  const socket = connect(port, ip);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
