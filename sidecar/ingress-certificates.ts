import type { KindConfig } from '#core/config/kind.ts';
import { type Ingress, ingressesOf } from '#core/k8s/ingresses.ts';
import { type TlsSecret, tlsSecretOf } from '#core/k8s/tls-secret.ts';
import { Activity, ok, type State } from '#core/reactive/activity.ts';
import type { NamedCertificate } from '#core/tls/sni.ts';
import type { World } from '#core/world.ts';
import { type IngressConfig, ingress, ingressSource } from './identifiers/ingress.ts';

/**
 * The certificates of the Ingresses that a router's identifiers read, as their Secrets change. A Secret that cannot be
 * read, or is not there, is left out; the others are known without it.
 */
export function ingressCertificates(
  identifiers: readonly KindConfig[],
  world: World,
): Activity<readonly NamedCertificate[]> {
  const sources = identifiers.filter(isIngress).map((config) => certificatesOf(config, world));
  return Activity.collect(sources).map((all) => all.flat());
}

const isIngress = (config: KindConfig): config is IngressConfig => config.kind === ingress.kind;

interface Wanted {
  readonly namespace: string;
  readonly secret: string;
  readonly hosts: readonly string[];
}

function certificatesOf(config: IngressConfig, world: World): Activity<readonly NamedCertificate[]> {
  const [api, selector] = ingressSource(config, world);
  return ingressesOf(api, selector)
    .map(wantedBy)
    .distinct((a, b) => JSON.stringify(a) === JSON.stringify(b))
    .flatMap((wanted) => {
      const found = Activity.collectStates(wanted.map((w) => tlsSecretOf(api, w.namespace, w.secret)));
      return Activity.from<readonly NamedCertificate[]>((set) =>
        found.observe((states) => set(ok(usable(wanted, states)))),
      );
    });
}

function usable(
  wanted: readonly Wanted[],
  states: readonly State<TlsSecret | undefined>[],
): readonly NamedCertificate[] {
  return wanted.flatMap(({ namespace, secret, hosts }, i) => {
    const state = states[i];
    if (state?.kind !== 'ok' || state.value === undefined) return [];
    return [{ source: `Secret ${namespace}/${secret}`, hosts, ...state.value }];
  });
}

function wantedBy(ingresses: readonly Ingress[]): readonly Wanted[] {
  return ingresses.flatMap(({ namespace, tls }) => tls.map((each) => ({ namespace, ...each })));
}
