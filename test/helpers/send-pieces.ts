import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes (text is latin1), or a pause in milliseconds. */
export type Piece = string | Buffer | number;

/** Writes pieces one packet each, waiting while the socket is full. Ends quietly if the socket is gone. */
export async function sendPieces(socket: Socket, pieces: readonly Piece[]): Promise<void> {
  for (const piece of pieces) {
    if (typeof piece === 'number') await sleep(piece);
    else await write(socket, typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  }
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (!socket.writable) return Promise.resolve();
  return new Promise((resolve) => {
    socket.write(bytes, () => resolve());
  });
}
