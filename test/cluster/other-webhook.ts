import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { refreshed } from '#webhook/certificate.ts';

/** Somebody else's webhook, asked after ours: adds the container `late` to pods called `shared`, once. */
export async function otherWebhook(): Promise<{ readonly manifest: object; close(): void }> {
  const { ca, cert, key } = await refreshed(undefined, ['127.0.0.1'], Date.now());
  const server = createServer({ cert, key }, async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    const { uid, object } = (
      JSON.parse(body) as { request: { uid: string; object: { spec: { containers: { name: string }[] } } } }
    ).request;
    const there = object.spec.containers.some(({ name }) => name === 'late');
    const patch = [{ op: 'add', path: '/spec/containers/-', value: { name: 'late', image: 'late:1' } }];
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: {
          uid,
          allowed: true,
          ...(there ? {} : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
        },
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const manifest = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'late' },
    webhooks: [
      {
        name: 'late.example.com',
        admissionReviewVersions: ['v1'],
        clientConfig: {
          url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
          caBundle: Buffer.from(ca).toString('base64'),
        },
        matchConditions: [{ name: 'shared', expression: "object.metadata.?name.orValue('') == 'shared'" }],
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        sideEffects: 'None',
        failurePolicy: 'Fail',
      },
    ],
  };
  return {
    manifest,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
