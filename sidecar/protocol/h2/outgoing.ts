// Hot.
import type { Wire } from '../wire.ts';
import type { FloodGuard } from './flood.ts';
import { Flag, FRAME, frameHeader, MAX_WINDOW, Type, u32, WINDOW } from './frame.ts';
import { Outbox } from './outbox.ts';

/** Bytes the socket may hold before DATA waits. */
const HIGH_WATER = 1 << 18;
/** A change of the header table's size to nothing, which is what the encoder keeps in it (RFC 7541 §6.3). */
const NO_TABLE = '\x20';

/** Whoever has more to send than the windows allow. */
export interface Sender {
  pump(): void;
}

/** What one connection sends: frames, header blocks, and DATA as far as the peer's window and the socket allow. */
export class Outgoing {
  readonly #box: Outbox;
  readonly #wire: () => Wire;
  /** Type of the frames that carry heads. */
  readonly #heads: number;
  /** Sending bodies is work done for the peer. */
  readonly #peer: FloodGuard;
  #window = WINDOW;
  #blocked = new Set<Sender>();
  #choked = false;
  #tableNews = false;
  #over = false;

  constructor(wire: () => Wire, peer: FloodGuard, heads: number = Type.headers) {
    this.#heads = heads;
    this.#wire = wire;
    this.#box = new Outbox(wire);
    this.#peer = peer;
  }

  /** Bytes that are not a frame: the preface. */
  bytes(text: string): void {
    this.#box.text(text);
  }

  frame(type: number, flags: number, stream: number, payload: string): void {
    if (!this.#over) this.#box.text(frameHeader(payload.length, type, flags, stream) + payload);
  }

  /** A head, cut into CONTINUATION frames where it is long. */
  headers(stream: number, fields: string, ends: boolean): void {
    const block = this.#tableNews ? NO_TABLE + fields : fields;
    this.#tableNews = false;
    const flags = ends ? Flag.endStream : 0;
    if (block.length <= FRAME) {
      this.frame(this.#heads, flags | Flag.endHeaders, stream, block);
      return;
    }
    this.frame(this.#heads, flags, stream, block.slice(0, FRAME));
    for (let at = FRAME; at < block.length; at += FRAME) {
      const part = block.slice(at, at + FRAME);
      this.frame(Type.continuation, at + part.length === block.length ? Flag.endHeaders : 0, stream, part);
    }
  }

  /** At most `room()` bytes, and one frame. */
  data(stream: number, bytes: Buffer, from: number, to: number): void {
    this.#window -= to - from;
    this.#peer.earn(1);
    this.#box.text(frameHeader(to - from, Type.data, 0, stream));
    this.#box.write(bytes, from, to);
  }

  /** Bytes of DATA that may be sent now. */
  room(): number {
    return this.#choked ? 0 : this.#window;
  }

  /** Calls `sender.pump` when there is room again. */
  wait(sender: Sender): void {
    this.#blocked.add(sender);
  }

  forget(sender: Sender): void {
    this.#blocked.delete(sender);
  }

  /** Lets everyone go on who waits, in the order they came. */
  pump(): void {
    if (this.#blocked.size === 0) return;
    const blocked = this.#blocked;
    this.#blocked = new Set();
    for (const sender of blocked) sender.pump();
  }

  /** The peer takes `by` bytes more; false where that is more than a window can be. */
  widen(by: number): boolean {
    this.#window += by;
    return this.#window <= MAX_WINDOW;
  }

  updateWindow(stream: number, by: number): void {
    this.frame(Type.window, 0, stream, u32(by));
  }

  reset(stream: number, code: number): void {
    this.frame(Type.reset, 0, stream, u32(code));
  }

  goaway(last: number, code: number): void {
    this.frame(Type.goaway, 0, 0, u32(last) + u32(code));
  }

  /** The next header block says that the table is not used: the peer has made it small, and waits for that. */
  tellTable(): void {
    this.#tableNews = this.#heads === Type.headers;
  }

  /** The socket is full, and takes bytes again. */
  choke(): void {
    if (this.#wire().socket.writableLength > HIGH_WATER) this.#choked = true;
  }

  unchoke(): void {
    if (!this.#choked) return;
    this.#choked = false;
    this.pump();
  }

  /** Sends what has been said, and nothing any more. */
  end(): void {
    this.#over = true;
    this.#box.flush();
  }
}
