import { type Manifest, pathOf } from '#test/helpers/kube-objects.ts';
import type { ApiServer } from './api-server.ts';

/** Applies objects on the server's side, much faster than kubectl does. */
export async function apply(api: ApiServer, ...objects: readonly Manifest[]): Promise<void> {
  for (const object of objects) {
    const path = `${pathOf(object)}?fieldManager=test&force=true`;
    await api.send('PATCH', path, object, 'application/apply-patch+yaml');
  }
}

export async function remove(api: ApiServer, ...objects: readonly Manifest[]): Promise<void> {
  for (const object of objects) await api.send('DELETE', pathOf(object));
}

/** Lets subjects get, list and watch resources everywhere; `<group>/<resource>`, or the resource alone for the core group. */
export async function grant(
  api: ApiServer,
  name: string,
  subject:
    | { readonly kind: 'User'; readonly name: string }
    | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string },
  ...resources: readonly string[]
): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io';
  const rules = resources.map((text) => {
    const [resource = '', group = ''] = text.split('/').reverse();
    return { apiGroups: [group], resources: [resource], verbs: ['get', 'list', 'watch'] };
  });
  await apply(
    api,
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects: [subject.kind === 'User' ? { ...subject, apiGroup: rbac } : subject],
    },
  );
}
