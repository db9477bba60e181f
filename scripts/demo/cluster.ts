import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type * as k8s from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import type { GuardedProcess } from '#test/cluster/guarded-process.ts';
import type { FakeApiServer } from '#test/helpers/fake-api-server.ts';
import { admit } from './admission.ts';
import { type Kubelet, runPod } from './kubelet.ts';
import { addressOf, hasNodeAddress } from './this-machine.ts';

/** A pod that runs. */
export interface Running {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly ip: string;
  readonly pod: k8s.V1Pod;
  readonly containers: ReadonlyMap<string, GuardedProcess>;
}

/** As much of Kubernetes as pods need to run and to find each other: objects, admission, two nodes, endpoints. */
export class Cluster {
  readonly #api: FakeApiServer;
  readonly #kubelet: Omit<Kubelet, 'contents'>;
  readonly #demo: number;
  readonly #objects: k8s.KubernetesObject[] = [];
  readonly #pods = new Map<string, Running>();
  #lastHost = 1;

  constructor(api: FakeApiServer, kubelet: Omit<Kubelet, 'contents'>, demo: number) {
    this.#api = api;
    this.#kubelet = kubelet;
    this.#demo = demo;
  }

  get pods(): readonly Running[] {
    return [...this.#pods.values()].sort((one, another) => (one.ip < another.ip ? -1 : 1));
  }

  /** Takes manifests. Nothing runs before `run` is called. */
  apply(manifests: string): void {
    for (const document of parseAllDocuments(manifests)) {
      const object = document.toJS() as k8s.KubernetesObject;
      const metadata = { namespace: 'default', ...object.metadata };
      this.#objects.push({ ...object, metadata });
      if (object.kind === 'Service') {
        this.#api.put(pathOf(metadata.namespace, 'services', metadata.name), { spec: (object as k8s.V1Service).spec });
      }
    }
  }

  /** Makes a pod from a workload's template, has it admitted and runs it; resolves when it is ready. */
  async run(kind: 'Deployment' | 'DaemonSet', workload: string, node: string): Promise<Running> {
    const { metadata, spec } = this.#find<k8s.V1Deployment>(kind, workload);
    const namespace = metadata?.namespace ?? '';
    const name = `${workload}-${randomBytes(3).toString('hex')}`;
    const made = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...spec!.template.metadata, name },
      spec: spec!.template.spec!,
    };
    const admitted = await this.#admit(made, namespace);
    const hostIP = addressOf(this.#demo, node, 1);
    const ip = hasNodeAddress(admitted.spec!) ? hostIP : addressOf(this.#demo, node, ++this.#lastHost);
    const pod = {
      ...admitted,
      metadata: { ...admitted.metadata, namespace },
      spec: { ...admitted.spec!, nodeName: node },
      status: { podIP: ip, hostIP },
    };
    this.#api.put(pathOf(namespace, 'pods', name), {
      ...pod,
      metadata: { ...pod.metadata, labels: pod.metadata.labels! },
    });
    const contents = (of: string, called: string) => this.#contents(of, namespace, called);
    const containers = await runPod(pod, { ...this.#kubelet, contents });
    const running = { name, namespace, node, ip, pod, containers };
    this.#pods.set(name, running);
    this.#publish(namespace);
    return running;
  }

  /** What Kubernetes does about a pod that has died. */
  forget({ name, namespace }: Running): void {
    this.#pods.delete(name);
    this.#publish(namespace);
    this.#api.delete(pathOf(namespace, 'pods', name));
  }

  /** Ends all containers: by SIGTERM, and what has not ended a second later by SIGKILL. */
  async end(): Promise<void> {
    await Promise.all(this.pods.flatMap(({ containers }) => [...containers.values()].map((one) => one.stop(1000))));
  }

  async #admit(pod: k8s.V1Pod, namespace: string): Promise<k8s.V1Pod> {
    const labels = this.#find('Namespace', namespace).metadata?.labels;
    if (labels?.['heddle.io/inject'] !== 'enabled') return pod;
    const { webhooks } = this.#find<k8s.V1MutatingWebhookConfiguration>(
      'MutatingWebhookConfiguration',
      'heddle-injector',
    );
    const host = this.pods.find(({ containers }) => containers.has('injector'))?.ip ?? '';
    const ca = readFileSync(this.#kubelet.files.injectorCa, 'utf8');
    // The first webhook is that of namespaces.
    return admit(pod, namespace, webhooks![0]!, { host, port: 8443, ca });
  }

  /** Writes the endpoints of each Service of a namespace. */
  #publish(namespace: string): void {
    const pods = this.pods.filter((pod) => pod.namespace === namespace);
    const services = this.#objects.filter((object): object is k8s.V1Service => object.kind === 'Service');
    for (const { metadata, spec } of services.filter((service) => service.metadata?.namespace === namespace)) {
      const name = metadata?.name ?? '';
      const selector = Object.entries(spec?.selector ?? {});
      const behind = pods.filter(({ pod }) => selector.every(([key, value]) => pod.metadata?.labels?.[key] === value));
      const named = behind.flatMap(({ pod }) => pod.spec!.containers.flatMap(({ ports = [] }) => ports));
      this.#api.put(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/${name}`, {
        metadata: { labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        ports: (spec?.ports ?? []).map(({ name, targetPort }) => {
          return { name, port: named.find((port) => port.name === targetPort)?.containerPort };
        }),
        endpoints: behind.map(({ ip, node, name }) => {
          return { addresses: [ip], nodeName: node, targetRef: { kind: 'Pod', name, namespace } };
        }),
      });
    }
  }

  #contents(kind: string, namespace: string, name: string): Readonly<Record<string, string>> {
    const called = this.#objects.filter(({ metadata }) => metadata?.namespace === namespace && metadata.name === name);
    const object: k8s.V1ConfigMap & k8s.V1Secret = called.find((one) => one.kind === kind) ?? {};
    return object.data ?? object.stringData ?? {};
  }

  #find<T extends k8s.KubernetesObject>(kind: string, name: string): T {
    const found = this.#objects.find((object) => object.kind === kind && object.metadata?.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found as T;
  }
}

const pathOf = (namespace: string, plural: string, name = ''): string =>
  `/api/v1/namespaces/${namespace}/${plural}/${name}`;
