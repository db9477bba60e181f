import { dirname, join } from 'node:path';
import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { parse, stringify } from 'yaml';

/** Why and how pods here differ from pods in a cluster: all that this file does. */
export const differences = `Here are no network and mount namespaces, so some things are not as in a cluster:
 - each pod and node is an address in 127/8, and what would listen on 0.0.0.0 or 127.0.0.1 in a pod listens on that one;
 - the linker of a node has the address of the node, as no host port is forwarded to it;
 - a volume is a folder, named in place of the path where it would be mounted;
 - linkers find the API server by KUBECONFIG, not by a token; the injector, which would write to it, is --standalone.`;

/** What the containers of a pod find on this machine. */
export interface Place {
  /** Address of the pod. */
  readonly ip: string;
  /** Folders of the container's volumes, by the paths they are mounted at. */
  readonly mounts: ReadonlyMap<string, string>;
  readonly files: { readonly kubeconfig: string; readonly namespaces: string; readonly injectorCa: string };
}

/** The address of a node is the first one of its network; `demo` tells demos that run at once apart. */
export const addressOf = (demo: number, node: string, host: number): string =>
  `127.${demo}.${node === 'a' ? 1 : 2}.${host}`;

export const hasNodeAddress = ({ containers }: V1PodSpec): boolean =>
  containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort !== undefined));

const isHeddle = ({ image }: V1Container): boolean => image?.startsWith('heddle:') === true;

/** Our image is this checkout. */
export function commandOf(container: V1Container, { ip, mounts, files }: Place): string[] {
  const { command = [join(import.meta.dirname, '../../bin/heddle')], args = [] } = container;
  const standalone = [
    '--standalone',
    ...[`--ip=${ip}`, `--namespaces=${files.namespaces}`, `--ca-file=${files.injectorCa}`],
    `--linker-config=${mounts.get('/etc/heddle/linker')}`,
  ];
  const words = [...command, ...args].map((word) => here(word, mounts));
  return args[0] === 'injector' ? [...words, ...standalone] : words;
}

/** What a container has besides the environment that its pod asks for. Node, in every image, is the one that runs this. */
export function imageEnvironment(container: V1Container, { ip, files }: Place): Record<string, string> {
  const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;
  return isHeddle(container) ? { PATH, KUBECONFIG: files.kubeconfig } : { PATH, HOST: ip };
}

/** A file of a volume. Only in a linker's configuration there is something to change. */
export function fileText(name: string, text: string, { ip, mounts }: Place): string {
  if (name !== 'linker.yaml') return text;
  const config = parse(text);
  config.admin.ip = ip;
  for (const { servers, interpreter } of config.routers) {
    for (const server of servers) server.ip = ip;
    for (const one of interpreter.transformers) {
      if (one.kind === 'io.l5d.localhost') Object.assign(one, { kind: 'io.l5d.specificHost', host: ip });
    }
  }
  return here(stringify(config), mounts);
}

const here = (text: string, mounts: Place['mounts']): string =>
  [...mounts].reduce((changed, [path, folder]) => changed.replaceAll(`${path}/`, `${folder}/`), text);
