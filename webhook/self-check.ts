import { answer, type Knowledge } from './review.ts';

/** What is wrong with an injector that cannot even inject the simplest pod; empty when it can. */
export function selfCheck(knowledge: Omit<Knowledge, 'namespace'>): string[] {
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'self-check',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      operation: 'CREATE',
      namespace: 'self-check',
      object: { metadata: { annotations: { 'heddle.io/mode': 'sidecar' } }, spec: { containers: [{ name: 'app' }] } },
    },
  };
  const namespace = (name: string) => ({ name, labels: { 'heddle.io/inject': 'enabled' }, annotations: {} });
  try {
    const { why } = answer(review, { ...knowledge, namespace });
    return why.code === 'injected' ? [] : [`self-check: ${why.code}`];
  } catch (error) {
    return [`self-check: ${String(error)}`];
  }
}
