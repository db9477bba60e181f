/** What the flags of a control plane depend on; `folder` holds the files they name. */
export interface Layout {
  readonly folder: string;
  readonly apiPort: number;
  readonly etcdPort: number;
  readonly peerPort: number;
  /** Whether kube-controller-manager runs too. */
  readonly controllers: boolean;
}

export function etcdFlags({ folder, etcdPort, peerPort }: Layout): string[] {
  const url = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    `--data-dir=${folder}/etcd`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ];
}

export function apiServerFlags({ folder, apiPort, etcdPort, controllers }: Layout): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--secure-port=${apiPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${folder}/server.crt`,
    `--tls-private-key-file=${folder}/server.key`,
    `--client-ca-file=${folder}/ca.crt`,
    `--service-account-key-file=${folder}/accounts.key`,
    `--service-account-signing-key-file=${folder}/accounts.key`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=Node,RBAC',
    `--token-auth-file=${folder}/tokens.csv`,
    '--allow-privileged=true',
    '--profiling=false',
    // Without the controller manager nobody makes the account this plug-in wants every pod to have.
    ...(controllers ? [] : ['--disable-admission-plugins=ServiceAccount']),
  ];
}

export function controllerFlags({ folder }: Layout, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    '--secure-port=0',
    '--leader-elect=false',
    '--controllers=*',
    '--use-service-account-credentials',
    `--service-account-private-key-file=${folder}/accounts.key`,
    `--root-ca-file=${folder}/ca.crt`,
  ];
}
