/**
 * A pod as it arrives: raw JSON, of which only what is read here has a type. Everything else, fields of future
 * Kubernetes versions included, is carried by never being touched.
 */
export interface Pod {
  readonly metadata?: Metadata | null;
  readonly spec?: PodSpec | null;
}

export interface Metadata {
  readonly labels?: Strings | null;
  readonly annotations?: Strings | null;
}

export type Strings = Readonly<Record<string, string>>;

export interface PodSpec {
  readonly containers?: readonly Container[] | null;
  readonly initContainers?: readonly Container[] | null;
  readonly volumes?: readonly { readonly name: string }[] | null;
  readonly hostNetwork?: boolean;
  readonly dnsPolicy?: string;
  readonly restartPolicy?: string;
  readonly os?: { readonly name?: string } | null;
  readonly nodeSelector?: Strings | null;
}

export interface Container {
  readonly name: string;
  readonly env?: readonly EnvVar[] | null;
  readonly envFrom?: readonly unknown[] | null;
  readonly ports?: readonly { readonly containerPort?: number; readonly protocol?: string }[] | null;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[] | null;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

/** Something that was to be a pod does not have the shape of one; the message says where. */
export class NotAPod extends Error {
  override readonly name = 'NotAPod';
}

type Check = (value: unknown, at: string) => void;

function must(holds: boolean, at: string, what: string): asserts holds {
  if (!holds) throw new NotAPod(`${at} is not ${what}`);
}

const text: Check = (value, at) => must(typeof value === 'string', at, 'a string');
const flag: Check = (value, at) => must(typeof value === 'boolean', at, 'true or false');
const number: Check = (value, at) => must(typeof value === 'number', at, 'a number');

function mapping(value: unknown, at: string): Readonly<Record<string, unknown>> {
  must(typeof value === 'object' && value !== null && !Array.isArray(value), at, 'a map');
  return value as Readonly<Record<string, unknown>>;
}

const strings: Check = (value, at) => {
  for (const [key, item] of Object.entries(mapping(value, at))) text(item, `${at}["${key}"]`);
};

/** Checks the members that are there; null counts as absent, as Go writes it. */
const map =
  (members: Readonly<Record<string, Check>>, needed: readonly string[] = []): Check =>
  (value, at) => {
    const entries = mapping(value, at);
    for (const [key, check] of Object.entries(members)) {
      const item = entries[key];
      if (item !== undefined && item !== null) check(item, `${at}.${key}`);
      else must(!needed.includes(key), `${at}.${key}`, 'there');
    }
  };

const list =
  (item: Check): Check =>
  (value, at) => {
    must(Array.isArray(value), at, 'a list');
    for (let i = 0; i < value.length; i++) item(value[i], `${at}[${i}]`);
  };

const containers = list(
  map(
    {
      name: text,
      env: list(map({ name: text, value: text }, ['name'])),
      envFrom: list(map({})),
      ports: list(map({ containerPort: number, protocol: text })),
      volumeMounts: list(map({ name: text, mountPath: text }, ['name', 'mountPath'])),
    },
    ['name'],
  ),
);

const pod = map({
  metadata: map({ labels: strings, annotations: strings }),
  spec: map({
    containers,
    initContainers: containers,
    volumes: list(map({ name: text }, ['name'])),
    hostNetwork: flag,
    dnsPolicy: text,
    restartPolicy: text,
    os: map({ name: text }),
    nodeSelector: strings,
  }),
});

/** The same object, seen as a pod. Throws NotAPod where a field that is read here has another type. */
export function asPod(value: unknown, at = 'pod'): Pod {
  pod(value, at);
  return value as Pod;
}
