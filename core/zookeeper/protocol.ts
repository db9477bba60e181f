import { JuteReader, JuteWriter } from './jute.ts';

/** Operations, with the numbers they have on the wire. */
export const ops = {
  exists: 3,
  getData: 4,
  getChildren: 8,
  ping: 11,
  removeWatches: 18,
  closeSession: -11,
} as const;

/** Numbers of answers that are no answers to a question. */
export const xids = { watchEvent: -1, ping: -2 } as const;

/** How an operation failed: the codes that mean something to us. */
export const errors = { none: 0, noNode: -101, noAuth: -102 } as const;

/** What makes a connection a session; `id` 0n asks for a new one. */
export interface Session {
  readonly id: bigint;
  readonly password: Buffer;
}

export const noSession: Session = { id: 0n, password: Buffer.alloc(16) };

/** The first frame: a server that has not seen as much as `zxid` refuses by closing the connection. */
export function connectRequest({ id, password }: Session, zxid: bigint, timeoutMs: number): Buffer {
  return new JuteWriter().int(0).long(zxid).int(timeoutMs).long(id).buffer(password).bool(false).frame();
}

/** Undefined: the session has expired. */
export function readConnected(frame: Buffer): { readonly timeoutMs: number; readonly session: Session } | undefined {
  const reader = new JuteReader(frame);
  reader.int();
  const timeoutMs = reader.int();
  if (timeoutMs <= 0) return undefined;
  return { timeoutMs, session: { id: reader.long(), password: reader.buffer() } };
}

/** A question about one node; `watch` asks to be told once when the answer is no longer true. */
export function nodeRequest(xid: number, op: 'exists' | 'getData' | 'getChildren', path: string): Buffer {
  return new JuteWriter().int(xid).int(ops[op]).string(path).bool(true).frame();
}

/** Takes back all watches of this session on a node (ZooKeeper 3.5 and later). */
export function removeWatchesRequest(xid: number, path: string): Buffer {
  return new JuteWriter().int(xid).int(ops.removeWatches).string(path).int(3).frame();
}

export const pingRequest: Buffer = new JuteWriter().int(xids.ping).int(ops.ping).frame();

export const closeRequest = (xid: number): Buffer => new JuteWriter().int(xid).int(ops.closeSession).frame();

export interface Reply {
  readonly xid: number;
  readonly zxid: bigint;
  readonly error: number;
  /** What follows the header. */
  readonly body: JuteReader;
}

export function readReply(frame: Buffer): Reply {
  const body = new JuteReader(frame);
  return { xid: body.int(), zxid: body.long(), error: body.int(), body };
}

/** The path a watch was about; what happened there is found out by asking anew. */
export function readEvent(body: JuteReader): string {
  body.int();
  body.int();
  return body.string();
}
