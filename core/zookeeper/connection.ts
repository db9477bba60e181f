import { connect, type Socket } from 'node:net';
import { type Closable, nothingToClose } from '../closable.ts';
import type { World } from '../world.ts';
import { Frames, type JuteReader } from './jute.ts';
import * as wire from './protocol.ts';

export interface ZkAddress {
  readonly host: string;
  readonly port: number;
}

/** The answer to a question: undefined where there is no such node. */
export type ZkAnswer =
  | { readonly kind: 'ok'; readonly body: JuteReader | undefined }
  | { readonly kind: 'error'; readonly code: number };

export interface ConnectionEvents {
  /** The session is there, an old one or a new one: questions may be asked. */
  connected(session: wire.Session): void;
  /** A watch on this path has fired, and is gone. */
  fired(path: string): void;
  /** It is over; called once, not after closing. `expired`: the session that was asked for is no more. */
  ended(why: string, expired: boolean): void;
}

/** How long a server may think us alive without hearing of us: it may choose another time. */
const sessionMs = 10_000;
const connectMs = 5_000;
/** How long a server has to end a session it was asked to end. */
const farewellMs = 1_000;
/** Servers send no more than 1 MB at a time unless they are told to. */
const maxFrame = 8 << 20;

/** One connection to one server of an ensemble. */
export class ZkConnection implements Closable {
  /** The newest transaction heard of. */
  zxid: bigint;
  readonly #socket: Socket;
  readonly #clock: World['clock'];
  readonly #events: ConnectionEvents;
  readonly #frames = new Frames(maxFrame);
  readonly #waiting = new Map<number, (answer: ZkAnswer) => void>();
  #xid = 0;
  #timeoutMs = 0;
  #heardAt: number;
  #over = false;
  #timer: Closable = nothingToClose;

  constructor(
    { host, port }: ZkAddress,
    session: wire.Session,
    zxid: bigint,
    clock: World['clock'],
    events: ConnectionEvents,
  ) {
    this.zxid = zxid;
    this.#clock = clock;
    this.#events = events;
    this.#heardAt = clock.now();
    this.#timer = clock.after(connectMs, () => this.#end(`no session within ${connectMs} ms`));
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.on('connect', () => this.#socket.write(wire.connectRequest(session, zxid, sessionMs)));
    this.#socket.on('data', (data: Buffer) => this.#data(data));
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('the server closed the connection'));
  }

  /** Asks about a node and watches it; answers are in the order of questions. */
  ask(op: 'exists' | 'getData' | 'getChildren', path: string, answered: (answer: ZkAnswer) => void): void {
    this.#waiting.set(this.#next(), answered);
    this.#socket.write(wire.nodeRequest(this.#xid, op, path));
  }

  /** Takes back the watches on a node. */
  forget(path: string): void {
    this.#waiting.set(this.#next(), () => {});
    this.#socket.write(wire.removeWatchesRequest(this.#xid, path));
  }

  /** Ends the session. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer.close();
    if (this.#timeoutMs === 0) this.#socket.destroy();
    else {
      this.#socket.end(wire.closeRequest(this.#next()));
      this.#clock.after(farewellMs, () => this.#socket.destroy());
    }
    this.#socket.unref();
  }

  #next(): number {
    this.#xid = this.#xid >= 0x7fffffff ? 1 : this.#xid + 1;
    return this.#xid;
  }

  #data(data: Buffer): void {
    if (this.#over) return;
    this.#heardAt = this.#clock.now();
    try {
      for (const frame of this.#frames.push(data)) {
        if (this.#over) return;
        if (this.#timeoutMs === 0) this.#connected(frame);
        else this.#reply(wire.readReply(frame));
      }
    } catch (error) {
      this.#end(`not understood: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #connected(frame: Buffer): void {
    const answer = wire.readConnected(frame);
    if (answer === undefined) return this.#end('the session has expired', true);
    this.#timeoutMs = answer.timeoutMs;
    this.#timer.close();
    this.#ping();
    this.#events.connected(answer.session);
  }

  #reply({ xid, zxid, error, body }: wire.Reply): void {
    if (zxid > this.zxid) this.zxid = zxid;
    if (xid === wire.xids.watchEvent) return this.#events.fired(wire.readEvent(body));
    if (xid < 0) return;
    const answered = this.#waiting.get(xid);
    this.#waiting.delete(xid);
    if (error === wire.errors.none) answered?.({ kind: 'ok', body });
    else if (error === wire.errors.noNode) answered?.({ kind: 'ok', body: undefined });
    else answered?.({ kind: 'error', code: error });
  }

  /** Every third of the time-out; silence of two thirds is the end. */
  #ping(): void {
    const third = this.#timeoutMs / 3;
    this.#timer = this.#clock.after(third, () => {
      const silentMs = this.#clock.now() - this.#heardAt;
      if (silentMs > 2 * third) return this.#end(`silent for ${Math.round(silentMs)} ms`);
      this.#socket.write(wire.pingRequest);
      this.#ping();
    });
  }

  #end(why: string, expired = false): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer.close();
    this.#socket.destroy();
    this.#waiting.clear();
    this.#events.ended(why, expired);
  }
}
