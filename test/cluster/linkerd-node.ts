import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Linker } from '#test/helpers/linker.ts';
import { type LoopbackApi, onLoopback } from './loopback-api.ts';

const examples = new URL('../data/linkerd-examples/', import.meta.url);
const mounted = '/io.buoyant/linkerd/certs';

const second = randomInt(1, 256);
let third = randomInt(256);

export interface NodeOptions {
  /** Files of the linker's `/io.buoyant/linkerd/certs`. */
  readonly certificates?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Where its routers listen: 4140 and 4141 unless given. */
  readonly ports?: readonly number[];
  /** A further change of the configuration. */
  edit?(yaml: string): string;
}

/**
 * A node and its share of the pod network: a /24, as the daemonset and localnode transformers of Linkerd take it. Each
 * node has one of its own, so that the ports in it are free and Linkerd's can be used.
 */
export class Node {
  readonly name: string;
  readonly #subnet = `10.${second}.${third++ % 256}`;

  constructor(name: string) {
    this.name = name;
  }

  /** Its nth address, as the API has it. */
  ip(n: number): string {
    return `${this.#subnet}.${n}`;
  }

  /** The address of its linker, as the API has it. */
  get linkerIp(): string {
    return this.ip(2);
  }

  get httpProxy(): string {
    return `${onLoopback(this.linkerIp)}:4140`;
  }

  /**
   * Its linker, with the configuration of one of Linkerd's examples. Nothing is changed in it but where the Kubernetes
   * API is; the address to listen on, because here the linkers of all nodes have the ports of one host; and the folder
   * of the certificates, because nothing is mounted.
   */
  startLinker(example: string, api: LoopbackApi, options: NodeOptions = {}): Promise<Linker> {
    const { certificates = {}, env, ports = [4140, 4141], edit = (yaml) => yaml } = options;
    const host = onLoopback(this.linkerIp);
    const yaml = readFileSync(new URL(`${example}.yml`, examples), 'utf8')
      .replace('host: localhost\n  port: 8001', `host: 127.0.0.1\n  port: ${api.port}`)
      .replaceAll('ip: 0.0.0.0', `ip: ${host}`);
    return Linker.start({
      at: { host, ports, admin: 9990 },
      files: Object.fromEntries(Object.entries(certificates).map(([name, text]) => [`certs/${name}`, text])),
      // A section that does not say where the API is finds it by KUBECONFIG, as in a pod by its service account.
      env: { POD_IP: host, NODE_NAME: this.name, KUBECONFIG: api.kubeconfig, KUBERNETES_SERVICE_HOST: '', ...env },
      config: ({ dir }) => edit(yaml.replaceAll(mounted, `${dir}/certs`)),
    });
  }
}
