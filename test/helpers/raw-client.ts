import { connect, type Socket } from 'node:net';
import { ByteQueue } from './byte-queue.ts';
import { type Response, readResponse } from './http1-message.ts';
import { type Piece, sendPieces } from './send-pieces.ts';
import { within } from './within.ts';

/** An HTTP/1.1 client that sends exactly what it is told and reads answers strictly. */
export class RawClient {
  readonly #socket: Socket;
  readonly #queue = new ByteQueue();
  /** How the other side, or this one, ended the connection. */
  readonly closed: Promise<'fin' | 'reset'>;

  static connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawClient(socket));
      });
    });
  }

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#queue.push(bytes));
    this.closed = new Promise((resolve) => {
      const end = (how: 'fin' | 'reset') => {
        this.#queue.end(how);
        resolve(how);
      };
      socket.once('end', () => end('fin'));
      socket.once('error', () => end('reset'));
      socket.once('close', () => end('reset'));
    });
  }

  /** `send('GET / HT', 20, 'TP/1.1\r\n…')` sends two packets, twenty milliseconds apart. */
  async send(...pieces: readonly Piece[]): Promise<this> {
    await sendPieces(this.#socket, pieces);
    return this;
  }

  /** The next response; `method` is that of the request it answers. Fails after `ms`, or if anything in it is not HTTP/1.1. */
  response(method = 'GET', ms = 5000): Promise<Response> {
    return within(
      ms,
      readResponse(this.#queue, method),
      () => `response; so far ${JSON.stringify(this.unread.slice(0, 300))}`,
    );
  }

  /** Bytes that came and that no response has taken. */
  get unread(): string {
    return this.#queue.unread.toString('latin1');
  }

  /** All bytes that ever came. */
  get heard(): string {
    return this.#queue.heard.toString('latin1');
  }

  /** The next `count` bytes, whatever they mean. */
  bytes(count: number, ms = 5000): Promise<Buffer> {
    return within(ms, this.#queue.take(count), () => `${count} bytes`);
  }

  /** Everything until the other side ends in order. */
  rest(ms = 5000): Promise<string> {
    return within(
      ms,
      this.#queue.rest().then((bytes) => bytes.toString('latin1')),
      () => `end; so far ${JSON.stringify(this.unread.slice(0, 300))}`,
    );
  }

  /** Stops reading from the socket, so that the other side meets a full window. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says that nothing more will be sent, and goes on reading. */
  halfClose(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  close(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** One connection, one request, one response. */
export async function exchange(
  port: number,
  request: string,
  method = request.slice(0, request.indexOf(' ')),
): Promise<Response> {
  using client = await RawClient.connect(port);
  await client.send(request);
  return await client.response(method);
}
