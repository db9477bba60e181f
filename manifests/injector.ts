import {
  type InstallOptions,
  injectorName,
  labelsOf,
  linkerConfigMap,
  type Manifest,
  restricted,
  selectorOf,
} from './options.ts';

const port = 8443;

/** The injector's Deployment, its Service, and the promise that one replica stays. */
export function injectorWorkload({ namespace, version, image, imagePullPolicy, injector }: InstallOptions): Manifest[] {
  const labels = labelsOf(injectorName, version);
  const metadata = { name: injectorName, namespace, labels };
  const selector = selectorOf(injectorName);
  const probe = (path: string) => ({ httpGet: { path, port: 'https', scheme: 'HTTPS' } });
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: injector.replicas,
        selector: { matchLabels: selector },
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: injectorName,
            // Twice the time for which it goes on answering after SIGTERM, and more.
            terminationGracePeriodSeconds: 30,
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'kubernetes.io/hostname',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: selector },
              },
            ],
            containers: [
              {
                name: 'injector',
                image,
                ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
                args: ['injector', ...injector.args],
                // Tells the family of the nodes' addresses.
                env: [{ name: 'HEDDLE_HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }],
                ports: [{ name: 'https', containerPort: port }],
                resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
                securityContext: restricted,
                startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
                readinessProbe: { ...probe('/readyz'), periodSeconds: 2 },
                livenessProbe: probe('/healthz'),
                volumeMounts: [{ name: 'linker-config', mountPath: '/etc/heddle/linker' }],
              },
            ],
            volumes: [{ name: 'linker-config', configMap: { name: linkerConfigMap } }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
    },
  ];
}
