import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { Frames, JuteReader, JuteWriter } from '#core/zookeeper/jute.ts';

const stat = Buffer.alloc(68);
const created = 1;
const deleted = 2;
const changed = 3;
const childrenChanged = 4;

/** One server of ZooKeeper on a real socket: reading, watches that fire once, sessions; nodes are made by method. */
export class FakeZooKeeper {
  port = 0;
  /** `op path` of every question, and `connect` and `close` with the session. */
  readonly asked: string[] = [];
  timeoutMs = 10_000;
  /** Sessions it knows; a client that asks for another is told that it has expired. */
  readonly sessions = new Set<bigint>();
  /** Accepts connections and says nothing. */
  silent = false;
  /** Refuses to answer about these nodes. */
  readonly forbidden = new Set<string>();
  zxid = 1n;
  readonly #nodes = new Map<string, Buffer>();
  readonly #connections = new Map<Socket, Map<string, Set<'data' | 'children'>>>();
  #server: Server | undefined;
  #lastSession = 100n;

  static async start(t: Pick<TestContext, 'after'>): Promise<FakeZooKeeper> {
    const fake = new FakeZooKeeper();
    await fake.listen();
    t.after(() => fake.stop());
    return fake;
  }

  async listen(): Promise<void> {
    this.#server = createServer((socket) => this.#serve(socket));
    await new Promise<void>((done) => this.#server?.listen(this.port, '127.0.0.1', done));
    this.port = (this.#server.address() as AddressInfo).port;
  }

  /** Closes everything; nodes and sessions stay. */
  stop(): void {
    this.#server?.close();
    this.reset();
  }

  /** Breaks all connections. */
  reset(): void {
    for (const socket of this.#connections.keys()) socket.resetAndDestroy();
    this.#connections.clear();
  }

  /** Connections, and the watches that are set. */
  get watches(): number {
    return [...this.#connections.values()]
      .flatMap((paths) => [...paths.values()])
      .reduce((n, kinds) => n + kinds.size, 0);
  }

  /** Makes a node, with those above it, or changes what it holds. */
  put(path: string, data: string): void {
    this.zxid += 1n;
    const above = path.slice(0, path.lastIndexOf('/'));
    if (above !== '' && !this.#nodes.has(above)) this.put(above, '');
    const before = this.#nodes.has(path);
    this.#nodes.set(path, Buffer.from(data));
    this.#fire(path, before ? changed : created, ['data']);
    if (!before) this.#fire(above === '' ? '/' : above, childrenChanged, ['children']);
  }

  delete(path: string): void {
    this.zxid += 1n;
    this.#nodes.delete(path);
    this.#fire(path, deleted, ['data', 'children']);
    this.#fire(path.slice(0, path.lastIndexOf('/')) || '/', childrenChanged, ['children']);
  }

  #fire(path: string, type: number, kinds: readonly ('data' | 'children')[]): void {
    for (const [socket, watches] of this.#connections) {
      const set = watches.get(path);
      if (set === undefined || !kinds.some((kind) => set.has(kind))) continue;
      for (const kind of kinds) set.delete(kind);
      socket.write(new JuteWriter().int(-1).long(-1n).int(0).int(type).int(3).string(path).frame());
    }
  }

  #serve(socket: Socket): void {
    const frames = new Frames(1 << 20);
    let connected = false;
    this.#connections.set(socket, new Map());
    socket.on('error', () => {}).on('close', () => this.#connections.delete(socket));
    socket.on('data', (data: Buffer) => {
      for (const frame of frames.push(data)) {
        if (this.silent) continue;
        if (connected) this.#answer(socket, new JuteReader(frame));
        else connected = this.#connect(socket, new JuteReader(frame));
      }
    });
  }

  #connect(socket: Socket, request: JuteReader): boolean {
    request.int();
    const seen = request.long();
    request.int();
    const wanted = request.long();
    this.asked.push(`connect ${wanted}`);
    if (seen > this.zxid) socket.destroy();
    else if (wanted !== 0n && !this.sessions.has(wanted)) {
      socket.end(new JuteWriter().int(0).int(0).long(0n).buffer(Buffer.alloc(16)).bool(false).frame());
    } else {
      const session = wanted === 0n ? ++this.#lastSession : wanted;
      this.sessions.add(session);
      socket.write(
        new JuteWriter().int(0).int(this.timeoutMs).long(session).buffer(Buffer.alloc(16)).bool(false).frame(),
      );
      return true;
    }
    return false;
  }

  #answer(socket: Socket, request: JuteReader): void {
    const xid = request.int();
    const op = request.int();
    const head = (error: number): JuteWriter => new JuteWriter().int(xid).long(this.zxid).int(error);
    if (op === 11) socket.write(head(0).frame());
    else if (op === -11) {
      this.asked.push('close');
      socket.end(head(0).frame());
    } else this.#about(socket, op, request.string(), head);
  }

  #about(socket: Socket, op: number, path: string, head: (error: number) => JuteWriter): void {
    this.asked.push(`${{ 3: 'exists', 4: 'getData', 8: 'getChildren', 18: 'removeWatches' }[op]} ${path}`);
    const watches = this.#connections.get(socket);
    const node = path === '/' ? Buffer.alloc(0) : this.#nodes.get(path);
    if (op === 18) socket.write(head(watches?.delete(path) === true ? 0 : -121).frame());
    else if (this.forbidden.has(path)) socket.write(head(-102).frame());
    else {
      if (node !== undefined || op === 3) {
        const set = watches?.get(path) ?? new Set();
        watches?.set(path, set.add(op === 8 ? 'children' : 'data'));
      }
      if (node === undefined) socket.write(head(-101).frame());
      else if (op === 3) socket.write(raw(head(0), stat).frame());
      else if (op === 4) socket.write(raw(head(0).buffer(node), stat).frame());
      else {
        const under = path === '/' ? '/' : `${path}/`;
        const names = [...this.#nodes.keys()]
          .filter((each) => each.startsWith(under) && !each.slice(under.length).includes('/'))
          .map((each) => each.slice(under.length));
        const answer = head(0).int(names.length);
        for (const name of names) answer.string(name);
        socket.write(answer.frame());
      }
    }
  }
}

/** Bytes as they are, without their length. */
function raw(writer: JuteWriter, bytes: Buffer): JuteWriter {
  for (let at = 0; at < bytes.length; at += 4) writer.int(bytes.readInt32BE(at));
  return writer;
}
