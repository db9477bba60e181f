// Hot: every byte of the data path passes here twice.
import './buffer.ts';
import * as net from 'node:net';
import * as tls from 'node:tls';

/**
 * The one adaptor between the data path and Node's sockets.
 *
 * Reading: all plain connections read into one shared buffer (`onread`), so that a read allocates nothing. Whoever
 * keeps bytes beyond the callback copies them.
 *
 * Writing: what is written during one read callback is gathered in one shared buffer and goes out in one system call
 * when the callback ends, or when another wire wants the buffer. A buffer that the kernel did not take at once belongs
 * to libuv until it has; the next write gets a fresh one.
 *
 * Accepted sockets have no `onread` option: the handle is moved to a socket of our own making, which rests on the
 * private field `_handle`. Where that field does not hold, and for accepted TLS sockets, 'data' events are used, about
 * a tenth slower; `test` pins which path a Node version takes.
 */
export interface WireHandler {
  /** Bytes have come; valid until the call returns. */
  data(bytes: Buffer, from: number, to: number): void;
  /** More is queued than the peer takes; stop producing until `drained`. */
  full(): void;
  drained(): void;
  /** The peer has ended its side, and ours is still open: asked for with `halves`. */
  peerEnded?(): void;
  /** The connection is over, by either side; the last call. */
  closed(error: Error | undefined): void;
}

export interface Traffic {
  received: number;
  sent: number;
}

const READ = Buffer.allocUnsafeSlow(65536);
const GATHER = 1 << 17;
/** Milliseconds a peer has to read the last bytes and close its side. */
const LINGER = 2000;
let gathered = Buffer.allocUnsafeSlow(GATHER);
let length = 0;
let owner: Wire | undefined;
let depth = 0;

function flush(): void {
  const wire = owner;
  if (wire === undefined) return;
  owner = undefined;
  const n = length;
  length = 0;
  wire.send(n);
}

export class Wire {
  readonly socket: net.Socket;
  readonly traffic: Traffic;
  readonly #encrypted: boolean;
  handler: WireHandler;
  #over = false;
  #paused = false;
  #error: Error | undefined;

  constructor(socket: net.Socket, handler: WireHandler, traffic: Traffic) {
    this.socket = socket;
    this.handler = handler;
    this.traffic = traffic;
    this.#encrypted = socket instanceof tls.TLSSocket;
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.on('close', () => this.#close());
    socket.on('drain', () => turn(() => this.handler.drained()));
  }

  /** Called by the read callback of this wire's socket. */
  read(bytes: Buffer, to: number): void {
    if (this.#over) return;
    this.traffic.received += to;
    depth += 1;
    try {
      this.handler.data(bytes, 0, to);
    } finally {
      depth -= 1;
      if (depth === 0) flush();
    }
  }

  /** Queues bytes, which are the caller's again at once. */
  write(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to) {
      this.#own();
      const n = Math.min(to - at, GATHER - length);
      if (n < 32) for (let i = 0; i < n; i++) gathered[length + i] = bytes[at + i] as number;
      else bytes.copy(gathered, length, at, at + n);
      length += n;
      at += n;
      if (length === GATHER) flush();
    }
    if (depth === 0) flush();
  }

  /** Queues a byte string. */
  text(bytes: string): void {
    this.#own();
    if (bytes.length > GATHER - length) {
      flush();
      this.write(Buffer.from(bytes, 'latin1'), 0, bytes.length);
      return;
    }
    length += gathered.latin1Write(bytes, length);
    if (depth === 0) flush();
  }

  /** Hands `n` gathered bytes to the socket. */
  send(n: number): void {
    if (this.#over || n === 0) return;
    this.traffic.sent += n;
    const socket = this.socket;
    if (this.#encrypted) {
      if (n <= 16384) socket.write(gathered.latin1Slice(0, n), 'latin1');
      else socket.write(Buffer.from(gathered.subarray(0, n)));
    } else {
      socket.write(gathered.subarray(0, n));
      if (socket.writableLength !== 0) gathered = Buffer.allocUnsafeSlow(GATHER);
    }
    if (socket.writableNeedDrain) this.handler.full();
  }

  /** Bytes that the peer has sent, and that the kernel has taken for it, so far. */
  get moved(): number {
    const { bytesRead, bytesWritten, writableLength } = this.socket;
    return bytesRead + bytesWritten - writableLength;
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.socket.resume();
  }

  /**
   * Sends what is queued, then closes; a peer that does not close its side in time is cut off. The time counts from when
   * the kernel has taken the last byte, so that a slow reader loses none.
   */
  end(): void {
    if (owner === this) flush();
    this.socket.end(() => setTimeout(() => this.socket.destroy(), LINGER).unref());
  }

  /** From now on the two sides end each by itself: the peer's end is told to `peerEnded`, and ours ends with `finish`. */
  halves(): void {
    this.socket.allowHalfOpen = true;
    this.socket.on('end', () => turn(() => this.handler.peerEnded?.()));
  }

  /** Ends our side behind what is queued. The peer may go on. */
  finish(): void {
    if (owner === this) flush();
    this.socket.end();
  }

  /** Closes both sides at once, behind what is queued and a FIN: for connections on which the peer has nothing to send. */
  leave(): void {
    if (owner === this) flush();
    this.socket.end(() => this.socket.destroy());
  }

  /** Closes so that the peer cannot take it for an end: a reset, or over TLS no close_notify. */
  break(): void {
    // The kernel takes no reset behind an end of ours, and Node would then never close the descriptor.
    if (this.#encrypted || this.socket.writableEnded) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  destroy(): void {
    if (owner === this) {
      owner = undefined;
      length = 0;
    }
    this.socket.destroy();
    this.#close();
  }

  #own(): void {
    if (owner === this) return;
    flush();
    owner = this;
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    turn(() => this.handler.closed(this.#error));
  }
}

/** Runs `fn` as one turn: what it writes goes out in as few writes as can be. For timers and control code. */
export function turn(fn: () => void): void {
  depth += 1;
  try {
    fn();
  } finally {
    depth -= 1;
    if (depth === 0) flush();
  }
}

interface Handle {
  reading?: boolean;
  readStart?(): number;
}

/** A wire over an accepted plain socket, made with `pauseOnConnect`. */
export function accept(raw: net.Socket, handler: WireHandler, traffic: Traffic): Wire {
  const held = raw as unknown as { _handle: (Handle & net.SocketConstructorOpts['handle']) | null };
  const handle = held._handle;
  if (handle === null || typeof handle !== 'object' || typeof handle.readStart !== 'function')
    return listenTo(raw, handler, traffic);
  held._handle = null;
  let wire: Wire | undefined;
  const socket = new net.Socket({
    handle,
    onread: {
      buffer: READ,
      callback: (n: number, bytes: Uint8Array) => {
        wire?.read(bytes as Buffer, n);
        return true;
      },
    },
  } as unknown as net.SocketConstructorOpts);
  wire = new Wire(socket, handler, traffic);
  socket.resume();
  if (handle.reading !== true) {
    handle.reading = true;
    handle.readStart();
  }
  return wire;
}

/** A wire over a socket that gives 'data' events: the public path. */
export function listenTo(socket: net.Socket, handler: WireHandler, traffic: Traffic): Wire {
  const wire = new Wire(socket, handler, traffic);
  socket.on('data', (bytes: Buffer) => wire.read(bytes, bytes.length));
  socket.resume();
  return wire;
}

/** Where to connect to, and how over TLS; `tls` throws where it cannot be. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly tls?: (() => tls.ConnectionOptions) | undefined;
  readonly settings?: { readonly noDelay?: boolean; readonly keepAlive?: boolean } | undefined;
}

/** A wire to a destination; `ready` once connected (and, over TLS, the handshake done). */
export function connect(
  to: Destination,
  handler: WireHandler,
  traffic: Traffic,
  ready: (socket: net.Socket) => void,
): Wire {
  let wire: Wire | undefined;
  const onread = {
    buffer: READ,
    callback: (n: number, bytes: Uint8Array): boolean => {
      wire?.read(bytes as Buffer, n);
      return true;
    },
  };
  const { noDelay = true, keepAlive = false } = to.settings ?? {};
  const options = { host: to.host, port: to.port, noDelay, keepAlive, onread };
  const socket = open(to, options, () => turn(() => ready(socket)));
  wire = new Wire(socket, handler, traffic);
  return wire;
}

function open(to: Destination, options: net.NetConnectOpts, ready: () => void): net.Socket {
  if (to.tls === undefined) return net.connect(options, ready);
  try {
    return tls.connect({ ...to.tls(), ...options } as tls.ConnectionOptions, ready);
  } catch (error) {
    // TLS files that cannot be used, say: it fails as a connection does, and as late.
    return new net.Socket().destroy(error instanceof Error ? error : new Error(String(error)));
  }
}
