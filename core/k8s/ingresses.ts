import { Activity, ok } from '../reactive/activity.ts';
import type { Api } from './api.ts';
import { collection } from './resource.ts';
import type { BackendObject, IngressClassObject, IngressObject, KubeObject } from './resources.ts';
import { networkingGroup } from './served.ts';

/** A port of a Service, as an Ingress names it; the port is a name or a number. */
export interface IngressBackend {
  readonly service: string;
  readonly port: string;
}

/** How a path is compared: `regex` must match the whole of it, and is empty where every path will do. */
export interface PathRule {
  readonly type: 'exact' | 'prefix' | 'regex';
  readonly path: string;
}

export interface IngressRule {
  /** A name; `*.` and what must follow one label; '' for every host. */
  readonly host: string;
  readonly path: PathRule;
  readonly backend: IngressBackend;
}

/** What is read of an Ingress. */
export interface Ingress {
  readonly namespace: string;
  readonly name: string;
  readonly defaultBackend: IngressBackend | undefined;
  readonly rules: readonly IngressRule[];
  /** Without hosts: those that the certificate names. */
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secret: string }[];
}

/** An Ingress with what says whose it is, and when it was made (RFC 3339; '' where that is not known). */
export interface IngressEntry {
  readonly ingress: Ingress;
  readonly created: string;
  readonly annotation: string | undefined;
  readonly className: string | undefined;
}

/** Which Ingresses: those of one namespace, or all, that are meant for us. */
export interface IngressSelector {
  readonly namespace: string | undefined;
  /** The class, in the annotation `kubernetes.io/ingress.class` or in `spec.ingressClassName`. */
  readonly className: string;
}

/** The controller that an IngressClass names for its Ingresses to be ours, whatever its own name. */
export const ingressController = 'heddle.io/ingress-controller';

/**
 * The Ingresses that are ours, the oldest first, then by namespace and name. From networking.k8s.io/v1; from
 * extensions/v1beta1 where the API has no other (Kubernetes before 1.19).
 *
 * One is ours by its annotation, which is looked at first; else by its class: of our name, or one whose IngressClass
 * names us as the controller; with neither it is everyone's, as for Linkerd.
 */
export function ingressesOf(api: Api, { namespace, className }: IngressSelector): Activity<readonly Ingress[]> {
  const from = (group: string, read: (object: KubeObject) => IngressEntry) =>
    api.ingresses.of(collection(group, namespace, 'ingresses', read)).map((all) => [...all.values()].sort(inOrder));
  const all = api.servesIngresses.flatMap((modern) =>
    modern ? from(networkingGroup, readIngress) : from('/apis/extensions/v1beta1', readOld),
  );
  return all.flatMap((entries) => {
    const unclear = entries.some((each) => whose(each, className) === 'ask');
    const classes = unclear ? ownClasses(api) : Activity.value<ReadonlySet<string>>(new Set());
    return classes.map((own) => entries.filter((each) => isOurs(each, className, own)).map(({ ingress }) => ingress));
  });
}

function whose({ annotation, className }: IngressEntry, own: string): 'ours' | 'others' | 'ask' {
  if (annotation !== undefined) return annotation === own ? 'ours' : 'others';
  return className === undefined || className === own ? 'ours' : 'ask';
}

function isOurs(entry: IngressEntry, own: string, classes: ReadonlySet<string>): boolean {
  const answer = whose(entry, own);
  return answer === 'ours' || (answer === 'ask' && classes.has(entry.className ?? ''));
}

/** Names of the IngressClasses whose controller we are; none where we may not read them. */
function ownClasses(api: Api): Activity<ReadonlySet<string>> {
  return api.ingressClasses
    .of(collection(networkingGroup, undefined, 'ingressclasses', readClass))
    .map((all): ReadonlySet<string> => {
      const ours = [...all].filter(([, controller]) => controller === ingressController);
      return new Set(ours.map(([key]) => key.slice(1)));
    })
    .transform((state) => (state.kind === 'failed' ? ok(new Set()) : state));
}

function inOrder(a: IngressEntry, b: IngressEntry): number {
  const key = ({ created, ingress: { namespace, name } }: IngressEntry): string => `${created} ${namespace}/${name}`;
  return key(a) < key(b) ? -1 : 1;
}

function readClass(object: KubeObject): string {
  const { spec }: IngressClassObject = object;
  return spec?.controller ?? '';
}

/** How rules were meant in a version of the API. */
interface Dialect {
  host(host: string): string;
  /** Whether a rule with this path can match anything. */
  path(path: string): boolean;
}

const readIngress = (object: KubeObject): IngressEntry => readEntry(object, { host: (host) => host, path: () => true });

/**
 * As Linkerd read what it knew: a star has no meaning, such a host is the name of nothing but itself; and a pattern with
 * a group in it never matches.
 */
const readOld = (object: KubeObject): IngressEntry =>
  readEntry(object, { host: (host) => host.replace(/^\*/, '\\*'), path: (path) => !/\((?!\?)/.test(path) });

function readEntry(object: KubeObject, dialect: Dialect): IngressEntry {
  const { metadata, spec = {} }: IngressObject = object;
  const defaultBackend = backendOf(spec.defaultBackend ?? spec.backend);
  const rules = (spec.rules ?? []).flatMap(({ host = '', http }): readonly IngressRule[] => {
    // A host without paths is for the default backend.
    const paths = http?.paths ?? [{ backend: spec.defaultBackend ?? spec.backend ?? {} }];
    return paths.flatMap(({ path = '', pathType, backend }) => {
      const found = backendOf(backend);
      if (found === undefined || !dialect.path(path)) return []; // not a Service, or in vain
      return [{ host: dialect.host(host), path: { type: pathTypes[pathType ?? ''] ?? 'regex', path }, backend: found }];
    });
  });
  const tls = (spec.tls ?? []).flatMap(({ hosts = [], secretName }) =>
    secretName === undefined ? [] : [{ hosts, secret: secretName }],
  );
  return {
    ingress: { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '', defaultBackend, rules, tls },
    created: metadata?.creationTimestamp ?? '',
    annotation: metadata?.annotations?.['kubernetes.io/ingress.class'],
    className: spec.ingressClassName,
  };
}

const pathTypes: Readonly<Record<string, PathRule['type']>> = { Exact: 'exact', Prefix: 'prefix' };

function backendOf(backend: BackendObject | undefined): IngressBackend | undefined {
  const service = backend?.service?.name ?? backend?.serviceName ?? '';
  const { name, number } = backend?.service?.port ?? {};
  const port = String(name ?? number ?? backend?.servicePort ?? '');
  return service === '' || port === '' ? undefined : { service, port };
}
