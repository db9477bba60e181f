/** Chance as a whole number below `n`. */
export type Chance = (n: number) => number;

/** xorshift32: the same seed gives the same run. */
export function chance(seed: number): Chance {
  let state = seed | 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

const ODD = [0, 1, 0x0a, 0x0d, 0x20, 0x7f, 0x80, 0xfe, 0xff];

type Change = (bytes: Buffer, other: Buffer, words: readonly Buffer[], pick: Chance) => Buffer;

function spliced(bytes: Buffer, from: number, to: number, put: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]);
}

/** A run of bytes, rather short. */
function part(bytes: Buffer, pick: Chance): readonly [from: number, to: number] {
  const from = pick(bytes.length + 1);
  const most = bytes.length - from;
  return [from, from + pick(Math.min(most, pick(4) === 0 ? most : 8) + 1)];
}

const changes: readonly Change[] = [
  function flipABit(bytes, _other, _words, pick) {
    const at = pick(bytes.length);
    return spliced(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << pick(8))));
  },
  function setAByte(bytes, _other, _words, pick) {
    const at = pick(bytes.length);
    return spliced(bytes, at, at + 1, Uint8Array.of(pick(2) === 0 ? pick(256) : (ODD[pick(ODD.length)] as number)));
  },
  function addToAByte(bytes, _other, _words, pick) {
    const at = pick(bytes.length);
    return spliced(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) + pick(9) - 4));
  },
  function remove(bytes, _other, _words, pick) {
    const [from, to] = part(bytes, pick);
    return spliced(bytes, from, to, new Uint8Array());
  },
  function repeat(bytes, _other, _words, pick) {
    const [from, to] = part(bytes, pick);
    const times = pick(8) === 0 ? 1 + pick(64) : 1;
    return spliced(bytes, to, to, Buffer.concat(Array(times).fill(bytes.subarray(from, to))));
  },
  function move(bytes, _other, _words, pick) {
    const [from, to] = part(bytes, pick);
    const at = pick(bytes.length + 1);
    return spliced(bytes, at, at, Buffer.from(bytes.subarray(from, to)));
  },
  function insertAWord(bytes, _other, words, pick) {
    const at = pick(bytes.length + 1);
    return spliced(bytes, at, at, words[pick(words.length)] ?? Uint8Array.of(pick(256)));
  },
  function overwriteWithAWord(bytes, _other, words, pick) {
    const word = words[pick(words.length)] ?? Uint8Array.of(pick(256));
    const at = pick(bytes.length + 1);
    return spliced(bytes, at, Math.min(bytes.length, at + word.length), word);
  },
  function takeFromAnother(bytes, other, _words, pick) {
    const [from, to] = part(other, pick);
    const at = pick(bytes.length + 1);
    return spliced(bytes, at, at, other.subarray(from, to));
  },
  function crossWithAnother(bytes, other, _words, pick) {
    return Buffer.concat([bytes.subarray(0, pick(bytes.length + 1)), other.subarray(pick(other.length + 1))]);
  },
];

/** A few changes to an input, at most `most` bytes long; `other` is another one to take from. */
export function mutate(bytes: Buffer, other: Buffer, words: readonly Buffer[], pick: Chance, most: number): Buffer {
  let out = bytes;
  for (let left = 1 << pick(4); left > 0; left--) {
    const change = changes[pick(changes.length)] as Change;
    out = change(out.length === 0 ? Buffer.of(0) : out, other, words, pick);
  }
  return out.subarray(0, most);
}
