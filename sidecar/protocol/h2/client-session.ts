// Hot.

import type { Clock } from '../../../core/clock.ts';
import { type Closable, nothingToClose } from '../../../core/closable.ts';
import { MeshError } from '../../router/errors.ts';
import type { Exchange, Waiting } from '../../router/exchange.ts';
import type { Wire } from '../wire.ts';
import { ClientStream } from './client-stream.ts';
import { Code, Type } from './frame.ts';
import type { HeadForm, HeadReader } from './head-form.ts';
import { Liveness, type Watched } from './liveness.ts';
import { Session, type SessionLimits } from './session.ts';

export interface ClientSessionParts {
  readonly limits: SessionLimits;
  readonly form: HeadForm;
  readonly clock: Clock;
  readonly scheme: 'http' | 'https';
  /** Response bodies of a known length up to this are taken whole before anything is passed on. */
  readonly gather: number;
  /** The peer is a linker, which may be asked at any time whether it is still there. */
  readonly linked: boolean;
  /** Any other answer to CONNECT means that there is no tunnel, and another endpoint may be asked for it. */
  readonly grantsOnly: boolean;
  /** There is room for another stream, or the session is over. */
  changed(session: ClientSession): void;
}

/** The last stream a connection can have. */
const LAST_ID = 2 ** 31 - 1;

/** A connection to an origin that carries many exchanges at once. */
export class ClientSession extends Session implements Watched, Waiting {
  readonly parts: ClientSessionParts;
  #liveness: Closable = nothingToClose;
  #nextId: number;
  /** Extended CONNECTs, which go once the peer has said that it takes them (RFC 8441 §3). */
  #early: Exchange[] = [];
  /** No new streams: the peer takes none, or we want none. */
  #closing = false;

  /** `first`: the id of its first stream, which is odd. */
  constructor(parts: ClientSessionParts, first = 1) {
    super(false, parts.limits, parts.clock, parts.form);
    this.parts = parts;
    this.#nextId = first;
  }

  override attach(wire: Wire): void {
    super.attach(wire);
    this.#liveness = new Liveness(this, this.parts.linked, this.clock);
  }

  get busy(): boolean {
    return this.streams.size > 0;
  }

  ping(): void {
    this.out.frame(Type.ping, 0, 0, '\0\0\0\0\0\0\0\0');
  }

  dead(): void {
    this.wire.destroy();
  }

  /** Whether another exchange fits now. */
  get open(): boolean {
    return !this.leaving && this.streams.size < this.peer.streams;
  }

  /** It takes no exchange any more, and ends with the last that it has. */
  get leaving(): boolean {
    return this.gone || this.#closing;
  }

  send(x: Exchange): void {
    if (x.request.protocol === '' || this.peer.connects) this.#begin(x);
    else if (this.peer.told) x.fail(new MeshError('badResponse', 'the origin takes no extended CONNECT (RFC 8441)'));
    else {
      x.waiting = this;
      this.#early.push(x);
    }
  }

  cancel(x: Exchange): void {
    this.#early = this.#early.filter((early) => early !== x);
  }

  #begin(x: Exchange): void {
    const id = this.#nextId;
    this.#nextId += 2;
    this.lastStream = id;
    if (this.#nextId > LAST_ID) this.#closing = true;
    const stream = new ClientStream(this, id, x);
    this.streams.add(stream);
    stream.begin();
  }

  get idle(): boolean {
    return this.streams.size === 0;
  }

  /** A number that another exchange changes. */
  get begun(): number {
    return this.lastStream;
  }

  /** Takes nothing new, and ends when what is under way has ended. */
  drain(): void {
    this.close();
    this.parts.changed(this);
  }

  /** No new exchange will come: ends when the ones there are have ended. */
  close(): void {
    this.#closing = true;
    if (this.streams.size === 0 && this.#early.length === 0) this.leave();
  }

  override onHead(id: number, read: HeadReader, ends: boolean): void {
    const stream = this.streams.get(id) as ClientStream | undefined;
    if (stream === undefined) {
      if (id > this.lastStream) this.fail(Code.protocol);
      else this.nuisance(1); // for a stream that is over
      return;
    }
    if (stream.headed) {
      const trailers = ends ? read.responseTrailers() : undefined;
      if (trailers === undefined) this.refuse(stream, Code.protocol);
      else this.ended(stream, trailers);
      return;
    }
    const head = read.tooLarge ? undefined : read.response();
    if (head === undefined || (ends && head.status < 200)) {
      this.refuse(stream, Code.protocol);
      return;
    }
    if (head.status < 200 && head.status !== 101) {
      if (!this.nuisance(1) || head.status === 100) return;
      stream.x.downstream.inform(head);
      return;
    }
    stream.answered(head, ends);
    if (ends && !stream.gone) this.ended(stream, '');
  }

  override onGoaway(last: number): void {
    this.#closing = true;
    for (const stream of this.streams.values()) {
      if (stream.id <= last || stream.gone) continue;
      this.drop(stream);
      (stream as ClientStream).unseen();
    }
    this.parts.changed(this);
    if (this.streams.size === 0) this.leave();
  }

  override onRoom(): void {
    if (this.gone) return;
    if (this.#early.length > 0 && this.peer.told) for (const x of this.#takeEarly()) this.send(x);
    if (this.#closing && this.streams.size === 0) this.leave();
    else this.parts.changed(this);
  }

  #takeEarly(): readonly Exchange[] {
    const early = this.#early;
    this.#early = [];
    for (const x of early) x.waiting = undefined;
    return early;
  }

  protected override onGone(): void {
    this.#liveness.close();
    for (const x of this.#takeEarly()) x.fail(new MeshError('connect', 'connection closed'));
    this.parts.changed(this);
  }
}
