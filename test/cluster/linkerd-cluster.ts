import type { Replica } from '#test/helpers/kube-objects.ts';
import { ApiServer } from './api-server.ts';
import { App, behind } from './hello-world.ts';
import { Node } from './linkerd-node.ts';
import { LoopbackApi } from './loopback-api.ts';
import { apply, grant } from './objects.ts';

const account = { kind: 'ServiceAccount', name: 'default', namespace: 'default' } as const;
/** What linkerd-rbac.yml lets the account read. */
const rights = ['endpoints', 'services', 'pods', 'extensions/ingresses'];

const linkerPorts = { outgoing: 4140, incoming: 4141, admin: 9990 };

/**
 * A cluster with the applications of Linkerd's examples on two nodes: `hello` on east, which asks for `world` by way of
 * the linker of its node; the service `world-v1` on west; `world-v2`, which is `earth`, on east. The service `l5d` has
 * the linkers of both nodes; the test starts these and closes them.
 */
export class LinkerdCluster {
  readonly api: ApiServer;
  /** The API for linkers, as an account with the rights that the examples give, and those asked for besides. */
  readonly forLinkers: LoopbackApi;
  readonly east: Node;
  readonly west: Node;
  readonly hello: App;
  readonly world: App;
  readonly earth: App;

  private constructor(
    api: ApiServer,
    forLinkers: LoopbackApi,
    [east, west]: readonly [Node, Node],
    apps: readonly App[],
  ) {
    this.api = api;
    this.forLinkers = forLinkers;
    this.east = east;
    this.west = west;
    [this.hello, this.world, this.earth] = apps as [App, App, App];
  }

  static async start(...moreRights: readonly string[]): Promise<LinkerdCluster> {
    const east = new Node('east');
    const west = new Node('west');
    const api = await ApiServer.start();
    await api.kubeconfigFor(account.namespace, account.name);
    await grant(api, 'linkerd-endpoints-reader', account, ...rights, ...moreRights);
    const token = await api.serviceAccountToken(account.namespace, account.name);
    const cluster = new LinkerdCluster(
      api,
      await LoopbackApi.start(api, token),
      [east, west],
      [
        await App.hello(east.ip(10), east.httpProxy),
        await App.world(west.ip(10), 'world'),
        await App.world(east.ip(11), 'earth'),
      ],
    );
    await cluster.serve('l5d', ...[east, west].map(({ linkerIp, name }) => ({ ip: linkerIp, node: name })));
    await cluster.serve('hello', { ip: cluster.hello.ip, node: 'east' });
    await cluster.serve('world-v1', { ip: cluster.world.ip, node: 'west' });
    await cluster.serve('world-v2', { ip: cluster.earth.ip, node: 'east' });
    return cluster;
  }

  /** Says what is behind a service from now on. */
  serve(name: string, ...replicas: readonly Replica[]): Promise<void> {
    const ports = name === 'l5d' ? linkerPorts : { http: name === 'hello' ? 7777 : 7778 };
    return apply(this.api, ...behind(name, replicas, ports));
  }

  /** Forgets what the applications were asked. */
  forget(): void {
    for (const app of [this.hello, this.world, this.earth]) app.seen.length = 0;
  }

  async stop(): Promise<void> {
    for (const open of [this.hello, this.world, this.earth, this.forLinkers]) open.close();
    await this.api.stop();
  }
}
