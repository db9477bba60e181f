import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import type { V1MutatingWebhook, V1Pod } from '@kubernetes/client-node';
import jsonPatch from 'fast-json-patch';

/** Where the webhook's Service leads, and who may have signed its certificate. */
export interface Injector {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
}

/** Asks a webhook about a new pod as an API server does; gives the pod as it is to be stored. */
export async function admit(
  object: V1Pod,
  namespace: string,
  webhook: V1MutatingWebhook,
  to: Injector,
): Promise<V1Pod> {
  const { name, namespace: mesh, path } = webhook.clientConfig.service!;
  const uid = randomUUID();
  const kind = { group: '', version: 'v1', kind: 'Pod' };
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const userInfo = { username: 'system:serviceaccount:kube-system:replicaset-controller' };
  const asked = {
    uid,
    kind,
    resource,
    namespace,
    operation: 'CREATE',
    userInfo,
    object,
    oldObject: null,
    dryRun: false,
  };
  const headers = { 'content-type': 'application/json' };
  const servername = `${name}.${mesh}.svc`;
  const post = request({ ...to, method: 'POST', path: `${path}?timeout=3s`, servername, headers });
  post.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: asked }));
  const [answer] = (await once(post, 'response')) as [IncomingMessage];
  const { response } = (await json(answer)) as { response: { uid: string; allowed: boolean; patch: string } };
  if (response.uid !== uid || !response.allowed) throw new Error(`the injector answered ${JSON.stringify(response)}`);
  const patch = JSON.parse(Buffer.from(response.patch, 'base64').toString());
  return jsonPatch.applyPatch(object, patch, true, false).newDocument;
}
