import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Wire, type WireHandler } from '#sidecar/protocol/wire.ts';

/** Stands for the socket below a wire: keeps what is written, and takes everything at once. */
export class FakeSocket extends EventEmitter {
  written = '';
  paused = false;
  over = false;
  readonly writableLength = 0;
  readonly writableNeedDrain = false;
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 4711;

  write(bytes: Buffer | string): boolean {
    this.written += typeof bytes === 'string' ? bytes : bytes.toString('latin1');
    return true;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  end(): void {}
  setKeepAlive(): void {}
  destroy(): void {
    if (this.over) return;
    this.over = true;
    this.emit('close');
  }
  resetAndDestroy(): void {
    this.destroy();
  }
}

/** A wire of the data path over no connection at all. */
export function fakeWire(handler: WireHandler): { readonly wire: Wire; readonly socket: FakeSocket } {
  const socket = new FakeSocket();
  return { wire: new Wire(socket as unknown as Socket, handler, { received: 0, sent: 0 }), socket };
}

/**
 * Reads bytes as they would come in packets: all at once where `sizes` is empty, else so many bytes a packet, over and
 * over. A paused wire reads no further.
 */
export function feed(bytes: Buffer, sizes: readonly number[], socket: FakeSocket, read: (piece: Buffer) => void): void {
  let at = 0;
  for (let i = 0; at < bytes.length && !socket.paused && !socket.over; i++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[i % sizes.length] as number);
    // A copy of its own, spoilt afterwards: whoever keeps bytes must have copied them.
    const piece = Buffer.from(bytes.subarray(at, at + size));
    read(piece);
    piece.fill(0x58);
    at += size;
  }
}
