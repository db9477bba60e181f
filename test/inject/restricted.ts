/** Pod Security "restricted" (v1.36) for what concerns containers and volumes, as messages; empty where a pod passes. */
export function restrictedViolations(pod: unknown): string[] {
  const spec = at(pod, 'spec');
  const found: string[] = [];
  const containers = [...items(at(spec, 'initContainers')), ...items(at(spec, 'containers'))];
  for (const container of containers) {
    const name = String(at(container, 'name'));
    const context = at(container, 'securityContext');
    const own = (key: string): unknown => at(context, key) ?? at(at(spec, 'securityContext'), key);
    if (at(context, 'allowPrivilegeEscalation') !== false) found.push(`${name}: allowPrivilegeEscalation`);
    if (at(context, 'privileged') === true) found.push(`${name}: privileged`);
    if (!items(at(at(context, 'capabilities'), 'drop')).includes('ALL')) found.push(`${name}: capabilities.drop`);
    if (items(at(at(context, 'capabilities'), 'add')).some((c) => c !== 'NET_BIND_SERVICE'))
      found.push(`${name}: capabilities.add`);
    if (own('runAsNonRoot') !== true) found.push(`${name}: runAsNonRoot`);
    if (own('runAsUser') === 0) found.push(`${name}: runAsUser`);
    if (!['RuntimeDefault', 'Localhost'].includes(String(at(own('seccompProfile'), 'type'))))
      found.push(`${name}: seccompProfile`);
    if (items(at(container, 'ports')).some((port) => at(port, 'hostPort') !== undefined))
      found.push(`${name}: hostPort`);
  }
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) if (at(spec, key) === true) found.push(key);
  const allowed = [
    'configMap',
    'csi',
    'downwardAPI',
    'emptyDir',
    'ephemeral',
    'persistentVolumeClaim',
    'projected',
    'secret',
  ];
  for (const volume of items(at(spec, 'volumes'))) {
    const kinds = Object.keys(volume as object).filter((key) => key !== 'name');
    if (!kinds.every((kind) => allowed.includes(kind))) found.push(`volume ${String(at(volume, 'name'))}`);
  }
  return found;
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
