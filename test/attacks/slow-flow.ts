import type { Duplex } from 'node:stream';

/** Writes zeros as fast as they are taken, `total` at most; the function gives how many have left so far. */
export function pour(into: Duplex, total: number): () => number {
  const chunk = Buffer.alloc(65_536);
  let handed = 0;
  const more = (): void => {
    while (handed < total && !into.destroyed) {
      handed += chunk.length;
      if (into.write(chunk)) continue;
      into.once('drain', more);
      return;
    }
  };
  more();
  return () => handed - into.writableLength;
}

/** Reads so many bytes a second; the function gives how many have come so far. */
export function sip(from: Duplex, perSecond: number): () => number {
  let read = 0;
  from.on('data', (bytes: Buffer) => {
    read += bytes.length;
    from.pause();
    setTimeout(() => from.resume(), (bytes.length / perSecond) * 1000);
  });
  return () => read;
}
