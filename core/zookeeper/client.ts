import { type Closable, nothingToClose } from '../closable.ts';
import { type Activity, failed, ok, type State } from '../reactive/activity.ts';
import { KeyedActivities } from '../reactive/keyed.ts';
import type { World } from '../world.ts';
import { type ZkAddress, type ZkAnswer, ZkConnection } from './connection.ts';
import type { JuteReader } from './jute.ts';
import { errors, noSession, type Session } from './protocol.ts';

/** Before connecting again: 100 to 200 ms, the range doubling with every failure in a row. */
const wait = { baseMs: 200, capMs: 10_000 };
/** Failures in a row after which the ensemble may have lost its past, and the session and what was seen are let go. */
const failuresUntilNew = 10;

type Question = 'getData' | 'getChildren';

/** What is asked of one node for as long as someone observes it. */
interface Follower {
  readonly path: string;
  readonly question: Question;
  readonly answered: (body: JuteReader | undefined) => void;
  readonly failed: (why: string) => void;
}

const clients = new WeakMap<World, Map<string, ZkClient>>();

/**
 * Reads nodes of one ZooKeeper ensemble as they change. It is connected as long as a node is observed.
 *
 * A watch of ZooKeeper fires once: every time, and after every loss of the connection, the node is read anew, which
 * watches it again. What was read stays good meanwhile. A session is taken up again where its server still knows it.
 */
export class ZkClient {
  readonly #servers: readonly ZkAddress[];
  readonly #world: World;
  readonly #followers = new Set<Follower>();
  readonly #data: KeyedActivities<Buffer | undefined>;
  readonly #children: KeyedActivities<readonly string[] | undefined>;
  #connection: ZkConnection | undefined;
  #ready = false;
  #session: Session = noSession;
  #zxid = 0n;
  #attempts = 0;
  #failures = 0;
  #retry: Closable = nothingToClose;

  private constructor(servers: readonly ZkAddress[], world: World) {
    this.#servers = servers;
    this.#world = world;
    this.#attempts = Math.floor(world.random() * servers.length);
    this.#data = new KeyedActivities((path, set) => this.#follow(path, 'getData', (body) => body.buffer(), set));
    this.#children = new KeyedActivities((path, set) =>
      this.#follow(path, 'getChildren', (body) => body.strings(), set),
    );
  }

  /** One for this ensemble in this world; as long as someone observes, the one that is connected. */
  static of(world: World, servers: readonly ZkAddress[]): ZkClient {
    const known = clients.get(world) ?? new Map<string, ZkClient>();
    clients.set(world, known);
    return known.get(nameOf(servers)) ?? new ZkClient(servers, world);
  }

  /** What a node holds; undefined: there is no such node. */
  data(path: string): Activity<Buffer | undefined> {
    return this.#data.get(path);
  }

  /** Names of the nodes below a node, in no order; undefined: there is no such node. */
  children(path: string): Activity<readonly string[] | undefined> {
    return this.#children.get(path);
  }

  #follow<T>(
    path: string,
    question: Question,
    read: (body: JuteReader) => T,
    set: (state: State<T | undefined>) => void,
  ): Closable {
    let known = false;
    const follower: Follower = {
      path,
      question,
      answered: (body) => {
        known = true;
        set(ok(body === undefined ? undefined : read(body)));
      },
      failed: (why) => {
        if (!known) set(failed(new Error(`ZooKeeper ${this.#name}: ${path}: ${why}`)));
      },
    };
    this.#followers.add(follower);
    if (this.#followers.size === 1) clients.get(this.#world)?.set(this.#name, this);
    if (this.#ready) this.#ask(follower);
    else if (this.#connection === undefined && this.#followers.size === 1) this.#connect();
    return { close: () => this.#unfollow(follower) };
  }

  #unfollow(follower: Follower): void {
    if (!this.#followers.delete(follower)) return;
    if (this.#followers.size === 0) {
      this.#retry.close();
      this.#connection?.close();
      this.#connection = undefined;
      this.#ready = false;
      this.#session = noSession;
      clients.get(this.#world)?.delete(this.#name); // names of ensembles may come from callers
    } else if (this.#ready && ![...this.#followers].some(({ path }) => path === follower.path)) {
      this.#connection?.forget(follower.path);
    }
  }

  #connect(): void {
    const server = this.#servers[this.#attempts++ % this.#servers.length];
    if (server === undefined) return;
    this.#count('connects');
    const connection = new ZkConnection(server, this.#session, this.#zxid, this.#world.clock, {
      connected: (session) => {
        this.#session = session;
        this.#failures = 0;
        this.#ready = true;
        for (const follower of [...this.#followers]) this.#ask(follower);
      },
      fired: (path) => {
        this.#count('events');
        for (const follower of [...this.#followers]) if (follower.path === path) this.#ask(follower);
      },
      ended: (why, expired) => this.#lost(connection, why, expired),
    });
    this.#connection = connection;
  }

  #lost({ zxid }: ZkConnection, why: string, expired: boolean): void {
    this.#connection = undefined;
    this.#ready = false;
    this.#failures += 1;
    if (zxid > this.#zxid) this.#zxid = zxid;
    if (expired || this.#failures >= failuresUntilNew) this.#session = noSession;
    if (this.#failures >= failuresUntilNew) this.#zxid = 0n;
    const range = Math.min(wait.capMs, wait.baseMs * 2 ** (this.#failures - 1));
    const waitMs = range * (0.5 + this.#world.random() / 2);
    const fields = { ensemble: this.#name, why, failures: this.#failures, waitMs: Math.round(waitMs) };
    const loud = (this.#failures & (this.#failures - 1)) === 0;
    this.#world.log[loud ? 'warn' : 'debug'](fields, 'connection to ZooKeeper lost');
    this.#retry = this.#world.clock.after(waitMs, () => this.#connect());
    if (this.#failures >= this.#servers.length) for (const follower of [...this.#followers]) follower.failed(why);
  }

  /** A node that is not there is watched by asking whether it exists: reading it would not. */
  #ask(follower: Follower): void {
    const connection = this.#connection;
    const listening = (): boolean => this.#followers.has(follower) && this.#connection === connection;
    const refused = (answer: ZkAnswer): boolean => {
      if (answer.kind === 'ok') return false;
      follower.failed(answer.code === errors.noAuth ? 'not authorized' : `error ${answer.code}`);
      return true;
    };
    connection?.ask(follower.question, follower.path, (answer) => {
      if (!listening() || refused(answer) || answer.kind !== 'ok') return;
      if (answer.body !== undefined) return follower.answered(answer.body);
      connection.ask('exists', follower.path, (exists) => {
        if (!listening() || refused(exists) || exists.kind !== 'ok') return;
        if (exists.body === undefined) follower.answered(undefined);
        else this.#ask(follower); // made just now
      });
    });
  }

  get #name(): string {
    return nameOf(this.#servers);
  }

  #count(name: string): void {
    this.#world.metrics.counter('zookeeper', name).add();
  }
}

const nameOf = (servers: readonly ZkAddress[]): string => servers.map(({ host, port }) => `${host}:${port}`).join(',');
