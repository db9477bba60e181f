import {
  type InstallOptions,
  labelsOf,
  linkerConfigMap,
  linkerName,
  type Manifest,
  type NodeLinkerOptions,
  restricted,
  selectorOf,
} from './options.ts';

/** The linker of each node, and the Service by which a pod reaches that of its own node and linkers find all of them. */
export function nodeLinkers(options: InstallOptions): Manifest[] {
  const { namespace, version, nodeLinker } = options;
  if (nodeLinker === undefined) return [];
  const metadata = { name: linkerName, namespace, labels: labelsOf(linkerName, version) };
  const port = (name: string, number: number) => ({ name, port: number, targetPort: name });
  return [
    { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: daemonSet(options, nodeLinker) },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: selectorOf(linkerName),
        internalTrafficPolicy: 'Local',
        ports: [
          port('http-outgoing', nodeLinker.outgoingPort),
          port('http-incoming', nodeLinker.incomingPort),
          port('admin', nodeLinker.adminPort),
        ],
      },
    },
  ];
}

function daemonSet({ version, image, imagePullPolicy, tls }: InstallOptions, node: NodeLinkerOptions): object {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const ping = { httpGet: { path: '/admin/ping', port: 'admin' } };
  const files = [
    { configMap: { name: linkerConfigMap, items: [{ key: 'node.yaml', path: 'linker.yaml' }] } },
    ...(tls.secret === '' ? [] : [{ secret: { name: tls.secret } }]),
  ];
  return {
    selector: { matchLabels: selectorOf(linkerName) },
    // A host port is taken until the old pod is gone; otherwise the new one comes first and nobody is without.
    updateStrategy: { rollingUpdate: node.hostPort ? { maxUnavailable: 1 } : { maxUnavailable: 0, maxSurge: 1 } },
    template: {
      metadata: { labels: labelsOf(linkerName, version), annotations: { 'heddle.io/config-hash': node.configHash } },
      spec: {
        serviceAccountName: linkerName,
        tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
        terminationGracePeriodSeconds: 30,
        containers: [
          {
            name: 'linker',
            image,
            ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
            args: ['linker', '/etc/heddle/linker.yaml'],
            env: [
              field('POD_IP', 'status.podIP'),
              field('POD_NAMESPACE', 'metadata.namespace'),
              field('NODE_NAME', 'spec.nodeName'),
            ],
            ports: [
              {
                name: 'http-outgoing',
                containerPort: node.outgoingPort,
                ...(node.hostPort ? { hostPort: node.outgoingPort } : {}),
              },
              { name: 'http-incoming', containerPort: node.incomingPort },
              { name: 'admin', containerPort: node.adminPort },
            ],
            resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
            securityContext: restricted,
            startupProbe: { ...ping, periodSeconds: 1, failureThreshold: 120 },
            readinessProbe: ping,
            livenessProbe: ping,
            volumeMounts: [{ name: 'linker', mountPath: '/etc/heddle' }],
          },
        ],
        volumes: [{ name: 'linker', projected: { sources: files } }],
      },
    },
  };
}
