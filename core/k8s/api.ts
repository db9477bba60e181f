import { Activity, type State } from '../reactive/activity.ts';
import type { Var } from '../reactive/var.ts';
import type { World } from '../world.ts';
import { ApiClient } from './client.ts';
import { findApi, type ProxyAddress } from './config.ts';
import type { Snapshot } from './held.ts';
import type { IngressEntry } from './ingresses.ts';
import { lingering } from './lingering.ts';
import type { MeshPod } from './pods.ts';
import type { Resource } from './resource.ts';
import type { ConfigMap, EndpointSlice, Endpoints, Secret, Service } from './resources.ts';
import { discoveryGroup, networkingGroup, serves } from './served.ts';
import { watch } from './watch.ts';

/** How long a watch goes on unobserved: a dtab that flaps does not list anew. */
const lingerMs = 30_000;

const apis = new WeakMap<World, Map<string, Api>>();

/** One Kubernetes API as everything in a process sees it: whoever follows the same thing shares one watch. */
export class Api {
  readonly endpoints: SharedWatches<Endpoints>;
  readonly slices: SharedWatches<EndpointSlice>;
  readonly services: SharedWatches<Service>;
  readonly pods: SharedWatches<MeshPod>;
  readonly configMaps: SharedWatches<ConfigMap>;
  readonly ingresses: SharedWatches<IngressEntry>;
  /** The controller of each class. */
  readonly ingressClasses: SharedWatches<string>;
  readonly secrets: SharedWatches<Secret>;
  /** Whether the API has EndpointSlices (Kubernetes 1.21) or, like many stand-ins for it, only Endpoints. */
  readonly servesSlices: Activity<boolean>;
  /** Whether the API has Ingresses of networking.k8s.io/v1 (Kubernetes 1.19). */
  readonly servesIngresses: Activity<boolean>;

  private constructor(client: ApiClient, world: World) {
    this.endpoints = new SharedWatches(client, world);
    this.slices = new SharedWatches(client, world);
    this.services = new SharedWatches(client, world);
    this.pods = new SharedWatches(client, world);
    this.configMaps = new SharedWatches(client, world);
    this.ingresses = new SharedWatches(client, world);
    this.ingressClasses = new SharedWatches(client, world);
    this.secrets = new SharedWatches(client, world);
    this.servesSlices = serves(client, world, discoveryGroup, 'endpointslices');
    this.servesIngresses = serves(client, world, networkingGroup, 'ingresses');
  }

  /** The one for this address in this world. Nothing is opened before something is observed. */
  static of(world: World, proxy: ProxyAddress): Api {
    const known = apis.get(world) ?? new Map<string, Api>();
    apis.set(world, known);
    const key = `${proxy.host ?? ''}:${proxy.port ?? ''}`;
    const api = known.get(key) ?? new Api(new ApiClient(() => findApi(proxy, world.env), world.clock), world);
    known.set(key, api);
    return api;
  }
}

/** Watches of one kind of resource, at most one for each thing watched. */
export class SharedWatches<T> {
  readonly #client: ApiClient;
  readonly #world: World;
  readonly #running = new Map<string, Var<State<Snapshot<T>>>>();

  constructor(client: ApiClient, world: World) {
    this.#client = client;
    this.#world = world;
  }

  /** How many run, those that linger included. */
  get size(): number {
    return this.#running.size;
  }

  of(resource: Resource<T>): Activity<Snapshot<T>> {
    return new Activity({ observe: (fn) => this.#run(resource).observe(fn) });
  }

  #run(resource: Resource<T>): Var<State<Snapshot<T>>> {
    const running = this.#running.get(resource.list);
    if (running !== undefined) return running;
    const states = watch(this.#client, resource, this.#world).states;
    const held = lingering(states, lingerMs, this.#world.clock, () => this.#running.delete(resource.list));
    this.#running.set(resource.list, held);
    return held;
  }
}
