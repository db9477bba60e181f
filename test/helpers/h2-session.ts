import { type Clock, systemClock } from '#core/clock.ts';
import type { HeadReader } from '#sidecar/protocol/h2/head-form.ts';
import type { FieldReader } from '#sidecar/protocol/h2/hpack-form.ts';
import { Session, type SessionLimits } from '#sidecar/protocol/h2/session.ts';
import { Stream } from '#sidecar/protocol/h2/stream.ts';
import { H2Peer } from './h2-peer.ts';
import { wirePair } from './wire-pair.ts';

/** A session that writes down what it is told and decides nothing. */
export class BareSession extends Session {
  readonly events: string[] = [];

  override onHead(id: number, head: HeadReader, ends: boolean): void {
    const { fields, tooLarge } = head as FieldReader;
    const block = fields.map(({ line }) => line.trim()).join(', ');
    this.events.push(`headers ${id} ${block}${ends ? ' ends' : ''}${tooLarge ? ' too large' : ''}`);
  }
  override onGoaway(last: number, code: number): void {
    this.events.push(`goaway ${last} ${code}`);
  }
  override onRoom(): void {
    this.events.push('room');
  }
  override onPong(): void {
    this.events.push('pong');
  }
  protected override onGone(): void {
    this.events.push('gone');
  }
  protected override onClosed(): void {
    this.events.push('closed');
  }
}

/** A stream that writes down what it is told. */
export class BareStream extends Stream {
  readonly events: string[] = [];

  override received(bytes: Buffer, from: number, to: number): void {
    this.events.push(`received ${bytes.toString('latin1', from, to)}`);
  }
  override receivedEnd(trailers: string): void {
    this.events.push(`end ${trailers}`);
  }
  override broken(code: number, lost: boolean): void {
    this.events.push(`broken ${code}${lost ? ' lost' : ''}`);
  }
  override full(): void {
    this.events.push('full');
  }
  override drained(): void {
    this.events.push('drained');
  }
  override finished(): void {
    this.events.push('finished');
  }
}

export interface SessionEnds {
  readonly session: BareSession;
  readonly peer: H2Peer;
  /** Opens a stream on both sides. */
  stream(id: number): BareStream;
  close(): void;
}

/** A session over a real connection, and its peer. */
export async function sessionEnds(
  server = true,
  limits: SessionLimits = { streams: 100, window: 1000, headerList: 1000 },
  clock: Clock = systemClock,
): Promise<SessionEnds> {
  const session = new BareSession(server, limits, clock);
  const pair = await wirePair(session);
  session.attach(pair.wire);
  return {
    session,
    peer: new H2Peer(pair.caller),
    stream(id) {
      const stream = new BareStream(session, id);
      session.streams.add(stream);
      session.lastStream = Math.max(session.lastStream, id);
      return stream;
    },
    close: () => pair.close(),
  };
}
