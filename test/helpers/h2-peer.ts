import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { Flag, frameHeader, PREFACE, Setting, setting, Type, u32 } from '#sidecar/protocol/h2/frame.ts';
import { HpackDecoder } from '#sidecar/protocol/h2/hpack-decoder.ts';
import { encodeField } from '#sidecar/protocol/h2/hpack-encoder.ts';
import type { Entry } from '#sidecar/protocol/h2/static-table.ts';
import { ByteQueue } from './byte-queue.ts';
import { within } from './within.ts';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export type Fields = readonly (readonly [name: string, value: string])[];

/** One frame as a byte string. */
export function frame(type: number, flags: number, stream: number, payload = ''): string {
  return frameHeader(payload.length, type, flags, stream) + payload;
}

export const settings = (...pairs: readonly (readonly [id: number, value: number])[]): string =>
  frame(Type.settings, 0, 0, pairs.map(([id, value]) => setting(id, value)).join(''));
export const settingsAck = frame(Type.settings, Flag.ack, 0);
export const window = (stream: number, by: number): string => frame(Type.window, 0, stream, u32(by));
export const reset = (stream: number, code: number): string => frame(Type.reset, 0, stream, u32(code));
export const goaway = (last: number, code: number): string => frame(Type.goaway, 0, 0, u32(last) + u32(code));
export const data = (stream: number, bytes: string, ends = false): string =>
  frame(Type.data, ends ? Flag.endStream : 0, stream, bytes);

/** A header block without any table. */
export const block = (fields: Fields): string => fields.map(([name, value]) => encodeField(name, value)).join('');

export function headers(stream: number, fields: Fields, ends = true): string {
  return frame(Type.headers, Flag.endHeaders | (ends ? Flag.endStream : 0), stream, block(fields));
}

/** The fields of a request; more follow. */
export const get = (authority: string, ...more: Fields): Fields => request('GET', authority, ...more);
export const post = (authority: string, ...more: Fields): Fields => request('POST', authority, ...more);

function request(method: string, authority: string, ...more: Fields): Fields {
  return [[':method', method], [':scheme', 'http'], [':path', '/'], [':authority', authority], ...more];
}

/** The end of an HTTP/2 connection that sends exactly what it is told, and reads frame by frame. */
export class H2Peer {
  readonly socket: Socket;
  /** How the other side, or this one, ended the connection. */
  readonly closed: Promise<'fin' | 'reset'>;
  readonly #queue = new ByteQueue();
  readonly #decoder = new HpackDecoder();

  /** A client that has said hello, `settings` being its SETTINGS frame. */
  static async connect(port: number, hello = settings(), tls?: ConnectionOptions): Promise<H2Peer> {
    const socket =
      tls === undefined
        ? connect({ port, host: '127.0.0.1', noDelay: true })
        : connectTls({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], ...tls });
    const peer = new H2Peer(socket);
    await once(socket, tls === undefined ? 'connect' : 'secureConnect');
    return peer.send(PREFACE + hello);
  }

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => this.#queue.push(bytes));
    this.closed = new Promise((resolve) => {
      const end = (how: 'fin' | 'reset') => (): void => {
        this.#queue.end(how);
        resolve(how);
      };
      socket.once('end', end('fin'));
      socket.once('error', end('reset'));
      socket.once('close', end('reset'));
    });
  }

  send(...frames: readonly string[]): this {
    if (this.socket.writable) this.socket.write(Buffer.from(frames.join(''), 'latin1'));
    return this;
  }

  /** A client's preface, read and checked. */
  async preface(): Promise<this> {
    const bytes = await within(5000, this.#queue.take(PREFACE.length), () => 'the preface');
    if (bytes.toString('latin1') !== PREFACE) throw new Error(`preface ${JSON.stringify(bytes.toString('latin1'))}`);
    return this;
  }

  /** The next frame, whatever it is. */
  async next(ms = 5000): Promise<Frame> {
    return await within(ms, this.#read(), () => 'a frame');
  }

  /** The next frame of a type (and a stream); the ones before it are read over. */
  async until(type: number, stream?: number, ms = 5000): Promise<Frame> {
    const seen: string[] = [];
    const found = async (): Promise<Frame> => {
      for (;;) {
        const next = await this.#read();
        if (next.type === type && (stream === undefined || next.stream === stream)) return next;
        seen.push(`${next.type}/${next.flags}/${next.stream}:${next.payload.toString('hex', 0, 12)}`);
      }
    };
    return await within(ms, found(), () => `frame ${type} of stream ${stream}; seen ${seen.join(' ')}`);
  }

  /** All frames until the other side ends. */
  async rest(ms = 5000): Promise<readonly Frame[]> {
    const all: Frame[] = [];
    const read = async (): Promise<Frame[]> => {
      while (await this.#queue.hasMore()) all.push(await this.#read());
      return all;
    };
    return await within(ms, read(), () => `the end; seen ${all.map((f) => f.type).join(' ')}`);
  }

  /**
   * Nothing more is on its way: what was sent has been dealt with. Gives the frames that came meanwhile, but for
   * acknowledged settings.
   */
  async settled(): Promise<readonly Frame[]> {
    const all: Frame[] = [];
    this.send(frame(Type.ping, 0, 0, 'settled?'));
    const read = async (): Promise<Frame[]> => {
      for (;;) {
        const next = await this.#read();
        if (next.type === Type.ping && next.payload.toString() === 'settled?') return all;
        if (next.type !== Type.settings || next.flags !== Flag.ack) all.push(next);
      }
    };
    return await within(5000, read(), () => `the answer to a ping; seen ${all.map((f) => f.type).join(' ')}`);
  }

  /** The fields of a HEADERS frame; every one must be given here, in order, as the table lives on. */
  fields(of: Frame): Fields {
    const fields: Entry[] = [];
    const size = this.#decoder.decode(of.payload, 0, of.payload.length, fields, Number.POSITIVE_INFINITY);
    if (size < 0) throw new Error(`bad header block ${of.payload.toString('hex')}`);
    return fields.map(({ name, value }) => [name, value]);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #read(): Promise<Frame> {
    const head = await this.#queue.take(9);
    return {
      type: head[3] ?? 0,
      flags: head[4] ?? 0,
      stream: head.readUInt32BE(5) & 0x7fffffff,
      payload: await this.#queue.take(head.readUIntBE(0, 3)),
    };
  }
}

/** The code of a GOAWAY or RST_STREAM frame. */
export const codeOf = (of: Frame): number => of.payload.readUInt32BE(of.type === Type.goaway ? 4 : 0);

/** A server whose connections are peers: each says its SETTINGS, then does what `serve` tells it. */
export class H2PeerServer {
  /** Those that have said hello and been answered: nobody but the test reads from them any more. */
  readonly peers: H2Peer[] = [];
  readonly #all: H2Peer[] = [];
  readonly #server: Server;

  static async start(
    serve: (peer: H2Peer) => Promise<void> | void,
    hello = settings([Setting.maxStreams, 100]),
  ): Promise<H2PeerServer> {
    const server = new H2PeerServer(serve, hello);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  constructor(serve: (peer: H2Peer) => Promise<void> | void, hello: string) {
    this.#server = createServer({ noDelay: true }, async (socket) => {
      const peer = new H2Peer(socket);
      this.#all.push(peer);
      peer.send(hello);
      await (await peer.preface()).until(Type.settings);
      peer.send(settingsAck);
      this.peers.push(peer);
      await serve(peer);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get authority(): string {
    return `127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const peer of this.#all) peer.close();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
