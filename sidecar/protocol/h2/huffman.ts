// Hot: most strings that clients send are Huffman coded.
import '../buffer.ts';

/**
 * Code lengths of the symbols 0 to 255 and EOS, RFC 7541 Appendix B, as runs: length, then how many symbols in a row.
 * The code is canonical (shorter codes first, then by symbol), so the lengths say everything.
 */
const RUNS = [
  13, 1, 23, 1, 28, 7, 24, 1, 30, 1, 28, 2, 30, 1, 28, 8, 30, 1, 28, 9, 6, 1, 10, 2, 12, 1, 13, 1, 6, 1, 8, 1, 11, 1,
  10, 2, 8, 1, 11, 1, 8, 1, 6, 3, 5, 3, 6, 7, 7, 1, 8, 1, 15, 1, 6, 1, 12, 1, 10, 1, 13, 1, 6, 1, 7, 22, 8, 1, 7, 1, 8,
  1, 13, 1, 19, 1, 13, 1, 14, 1, 6, 1, 15, 1, 5, 1, 6, 1, 5, 1, 6, 1, 5, 1, 6, 3, 5, 1, 7, 2, 6, 3, 5, 1, 6, 1, 7, 1, 6,
  1, 5, 2, 6, 1, 7, 5, 15, 1, 11, 1, 14, 1, 13, 1, 28, 1, 20, 1, 22, 1, 20, 2, 22, 3, 23, 1, 22, 1, 23, 5, 24, 1, 23, 1,
  24, 2, 22, 1, 23, 1, 24, 1, 23, 4, 21, 1, 22, 1, 23, 1, 22, 1, 23, 2, 24, 1, 22, 1, 21, 1, 20, 1, 22, 2, 23, 2, 21, 1,
  23, 1, 22, 2, 24, 1, 21, 1, 22, 1, 23, 2, 21, 2, 22, 1, 21, 1, 23, 1, 22, 1, 23, 2, 20, 1, 22, 3, 23, 1, 22, 2, 23, 1,
  26, 2, 20, 1, 19, 1, 22, 1, 23, 1, 22, 1, 25, 1, 26, 3, 27, 2, 26, 1, 24, 1, 25, 1, 19, 1, 21, 1, 26, 1, 27, 2, 26, 1,
  27, 1, 24, 1, 21, 2, 26, 2, 28, 1, 27, 3, 20, 1, 24, 1, 20, 1, 21, 1, 22, 1, 21, 2, 23, 1, 22, 2, 25, 2, 24, 2, 26, 1,
  23, 1, 26, 1, 27, 1, 26, 2, 27, 5, 28, 1, 27, 5, 26, 1, 30, 1,
];

const EOS = 256;
const lengths: number[] = [];
for (let i = 0; i < RUNS.length; i += 2)
  for (let n = RUNS[i + 1] as number; n > 0; n--) lengths.push(RUNS[i] as number);

const codes = new Uint32Array(257);
{
  const order = [...lengths.keys()].sort((a, b) => (lengths[a] as number) - (lengths[b] as number) || a - b);
  let code = 0;
  let length = 0;
  for (const symbol of order) {
    code <<= (lengths[symbol] as number) - length;
    length = lengths[symbol] as number;
    codes[symbol] = code++;
  }
}

/**
 * The decoder as a state machine that takes four bits a step. A state is an inner node of the code tree.
 * `next[state * 16 + nibble]` is the state after them, FAIL where EOS was met; `symbol[…]` what they completed, -1 for
 * nothing (four bits never complete two symbols: the shortest code has five).
 */
const FAIL = 0xffff;
const { next, symbol, ending } = machine();

function machine(): { next: Uint16Array; symbol: Int16Array; ending: Uint8Array } {
  const left: number[] = [-1];
  const right: number[] = [-1];
  const leaf: number[] = [-1];
  /** Depth of a node, if it lies on the path of ones only: what may pad the last byte. */
  const ones: number[] = [0];
  for (let s = 0; s <= EOS; s++) {
    let node = 0;
    const length = lengths[s] as number;
    for (let bit = length - 1; bit >= 0; bit--) {
      const one = (((codes[s] as number) >>> bit) & 1) === 1;
      const side = one ? right : left;
      if (side[node] === -1) {
        side[node] = leaf.length;
        left.push(-1);
        right.push(-1);
        leaf.push(-1);
        ones.push(one && (ones[node] as number) >= 0 ? (ones[node] as number) + 1 : -1);
      }
      node = side[node] as number;
    }
    leaf[node] = s;
  }
  const nodes = leaf.length;
  const to = new Uint16Array(nodes * 16);
  const symbols = new Int16Array(nodes * 16).fill(-1);
  for (let state = 0; state < nodes; state++) {
    for (let nibble = 0; nibble < 16; nibble++) {
      let node = state;
      for (let bit = 3; bit >= 0 && node !== FAIL; bit--) {
        node = ((nibble >> bit) & 1 ? right[node] : left[node]) as number;
        if (node === -1) node = FAIL;
        else if (leaf[node] === EOS) node = FAIL;
        else if ((leaf[node] as number) >= 0) {
          symbols[state * 16 + nibble] = leaf[node] as number;
          node = 0;
        }
      }
      to[state * 16 + nibble] = node;
    }
  }
  // Padding is at most seven ones (RFC 7541 §5.2).
  return { next: to, symbol: symbols, ending: Uint8Array.from(ones, (depth) => (depth >= 0 && depth <= 7 ? 1 : 0)) };
}

const common = Buffer.allocUnsafeSlow(65536);

/** Decodes bytes[from, to) into a byte string; undefined where the code is bad. */
export function huffmanDecode(bytes: Buffer, from: number, to: number): string | undefined {
  // The shortest code has five bits: a byte becomes 1.6 at most.
  const scratch = (to - from) * 2 <= common.length ? common : Buffer.allocUnsafe((to - from) * 2);
  let state = 0;
  let out = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    let at = state * 16 + (byte >> 4);
    let s = symbol[at] as number;
    if (s >= 0) scratch[out++] = s;
    state = next[at] as number;
    if (state === FAIL) return undefined;
    at = state * 16 + (byte & 15);
    s = symbol[at] as number;
    if (s >= 0) scratch[out++] = s;
    state = next[at] as number;
    if (state === FAIL) return undefined;
  }
  return ending[state] === 1 ? scratch.latin1Slice(0, out) : undefined;
}

/** Bytes the code takes for a byte string. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += lengths[text.charCodeAt(i)] as number;
  return (bits + 7) >> 3;
}

/** The code of a byte string, as a byte string. */
export function huffmanEncode(text: string): string {
  let out = '';
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const s = text.charCodeAt(i);
    let left = lengths[s] as number;
    const code = codes[s] as number;
    while (left > 0) {
      const take = Math.min(8 - held, left);
      bits = (bits << take) | ((code >>> (left - take)) & ((1 << take) - 1));
      held += take;
      left -= take;
      if (held === 8) {
        out += String.fromCharCode(bits);
        bits = 0;
        held = 0;
      }
    }
  }
  return held === 0 ? out : out + String.fromCharCode((bits << (8 - held)) | ((1 << (8 - held)) - 1));
}
