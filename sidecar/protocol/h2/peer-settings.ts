import { Code, FRAME, MAX_WINDOW, Setting, TABLE, WINDOW } from './frame.ts';

/** What the peer has told of itself (RFC 9113 §6.5.2). Frames larger than 16 KB are never made, whatever it takes. */
export class PeerSettings {
  /** It has told of itself at all. */
  told = false;
  /** Window a new stream starts with. */
  window = WINDOW;
  /** Streams it lets us open at once. */
  streams = 100;
  /** It takes extended CONNECT (RFC 8441). */
  connects = false;
  /** It keeps a smaller header table than the default, and waits to hear that we know (RFC 7541 §4.2). */
  smallTable = false;

  /** Applies a SETTINGS payload; gives an error code, `Code.none` where all is well. */
  apply(bytes: Buffer, from: number, to: number): number {
    if ((to - from) % 6 !== 0) return Code.frameSize;
    this.told = true;
    for (let at = from; at < to; at += 6) {
      const code = this.#set(bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
      if (code !== Code.none) return code;
    }
    return Code.none;
  }

  #set(id: number, value: number): number {
    switch (id) {
      case Setting.window:
        if (value > MAX_WINDOW) return Code.flowControl;
        this.window = value;
        return Code.none;
      case Setting.tableSize:
        if (value < TABLE) this.smallTable = true;
        return Code.none;
      case Setting.maxFrame:
        return value < FRAME || value > 2 ** 24 - 1 ? Code.protocol : Code.none;
      case Setting.maxStreams:
        this.streams = value;
        return Code.none;
      case Setting.push:
        return value > 1 ? Code.protocol : Code.none;
      case Setting.connectProtocol:
        this.connects = value === 1;
        return value > 1 ? Code.protocol : Code.none;
      default:
        return Code.none;
    }
  }
}
