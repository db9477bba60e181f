import { marks } from '#core/pod-marks.ts';
import { type InstallOptions, injectorName, labelsOf, type Manifest } from './options.ts';

/**
 * Which pods the API server asks the injector about: those of namespaces that opt in, and those that opt in themselves,
 * each once. No caBundle: the injector fills that in and owns it.
 *
 * The system's namespaces and the mesh's own are left out here too, so that no injector can keep itself from starting.
 */
export function webhookConfiguration(options: InstallOptions): Manifest {
  const { namespace, version } = options;
  const notOurs = {
    key: 'kubernetes.io/metadata.name',
    operator: 'NotIn',
    values: ['kube-system', 'kube-public', 'kube-node-lease', namespace],
  };
  const inject = (operator: 'In' | 'NotIn', value: string) => ({ key: marks.inject, operator, values: [value] });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: injectorName, labels: labelsOf(injectorName, version) },
    webhooks: [
      {
        name: 'namespace.inject.heddle.io',
        ...common(options, '/mutate/namespace'),
        namespaceSelector: { matchExpressions: [inject('In', 'enabled'), notOurs] },
        objectSelector: { matchExpressions: [inject('NotIn', 'disabled')] },
      },
      {
        name: 'pod.inject.heddle.io',
        ...common(options, '/mutate'),
        namespaceSelector: { matchExpressions: [inject('NotIn', 'enabled'), notOurs] },
        objectSelector: { matchExpressions: [inject('In', 'enabled')] },
      },
    ],
  };
}

function common({ namespace, injector }: InstallOptions, path: string): object {
  const { url, failurePolicy } = injector;
  return {
    admissionReviewVersions: ['v1'],
    clientConfig:
      url === undefined ? { service: { name: injectorName, namespace, path, port: 443 } } : { url: `${url}${path}` },
    failurePolicy,
    matchConditions: [
      {
        name: 'not-a-mirror-pod',
        expression:
          "!has(object.metadata.annotations) || !('kubernetes.io/config.mirror' in object.metadata.annotations)",
      },
    ],
    matchPolicy: 'Equivalent',
    reinvocationPolicy: 'IfNeeded',
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' }],
    sideEffects: 'None',
    timeoutSeconds: 3,
  };
}
