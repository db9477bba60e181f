// Hot.

/**
 * The open streams of a connection, by id. Not a Map: that makes its table anew every few dozen streams, and each old
 * table points to the next, so that once one of them has grown old the streams of all later ones stay until the whole
 * heap is collected. Here a stream that has gone leaves nothing behind.
 *
 * Open addressing; a removal moves later entries up, so that there are no marks of what was. Ids of one side are odd or
 * even and mostly one after the other, so that most are found at once; whatever ids a peer chooses, no search is longer
 * than the streams it may have open.
 */
export class StreamTable<T extends { readonly id: number }> {
  size = 0;
  /** A power of two of places, at most half of them taken. */
  #places: (T | undefined)[] = new Array(16).fill(undefined);

  get(id: number): T | undefined {
    const places = this.#places;
    const mask = places.length - 1;
    for (let i = (id >> 1) & mask; ; i = (i + 1) & mask) {
      const stream = places[i];
      if (stream === undefined || stream.id === id) return stream;
    }
  }

  /** `stream.id` is not in the table. */
  add(stream: T): void {
    this.size += 1;
    if (this.size * 2 > this.#places.length) this.#grow();
    this.#put(stream);
  }

  delete(id: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let hole = (id >> 1) & mask;
    for (; ; hole = (hole + 1) & mask) {
      const stream = places[hole];
      if (stream === undefined) return;
      if (stream.id === id) break;
    }
    this.size -= 1;
    for (let i = (hole + 1) & mask; ; i = (i + 1) & mask) {
      const stream = places[i];
      if (stream === undefined) break;
      // It may move up unless its own place lies behind the hole.
      const home = (stream.id >> 1) & mask;
      if (((i - home) & mask) < ((i - hole) & mask)) continue;
      places[hole] = stream;
      hole = i;
    }
    places[hole] = undefined;
  }

  /** A copy: what is done to one stream may end others. */
  values(): T[] {
    return this.#places.filter((stream) => stream !== undefined);
  }

  #put(stream: T): void {
    const places = this.#places;
    const mask = places.length - 1;
    let i = (stream.id >> 1) & mask;
    while (places[i] !== undefined) i = (i + 1) & mask;
    places[i] = stream;
  }

  #grow(): void {
    const before = this.#places;
    this.#places = new Array(before.length * 2).fill(undefined);
    for (const stream of before) if (stream !== undefined) this.#put(stream);
  }
}
