import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ByteQueue, Malformed, StreamEnded } from './byte-queue.ts';
import { type Body, type Head, readBody, readHead, requestFraming } from './http1-message.ts';
import { type Piece, sendPieces } from './send-pieces.ts';

/** A request as the origin got it. */
export interface ReceivedRequest extends Head {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** Which of the origin's connections brought it, counted from 0. */
  readonly connection: number;
  /** The head byte for byte, with the empty line. */
  readonly rawHead: string;
  /** Reads the body, once; later calls give the same. */
  body(): Promise<Body>;
  /** What `body()` gave; undefined before. */
  readonly read: Body | undefined;
}

/** What a script may do to answer. */
export interface Reply {
  /** Sends bytes, with pauses between (numbers, in milliseconds). */
  send(...pieces: readonly Piece[]): Promise<void>;
  /** Ends the connection in order. */
  end(): void;
  reset(): void;
  /** Stops and goes on reading from the socket, so that the sender meets a full window. */
  pause(): void;
  resume(): void;
  /** Resolves when the other side has ended the connection, in order or not. */
  readonly gone: Promise<void>;
}

/** Called once the head of a request is here; the body may still be coming. The next request is read when it has returned. */
export type Script = (request: ReceivedRequest, reply: Reply) => void | Promise<void>;

export interface OriginConnection {
  open: boolean;
  requests: number;
  /** What was wrong with the bytes that came, if anything: the proxy before this origin has a fault. */
  fault: string | undefined;
}

/** Answer with these bytes once the whole request is here. */
export function answerWith(...pieces: readonly Piece[]): Script {
  return async (request, reply) => {
    await request.body();
    await reply.send(...pieces);
  };
}

/** A plain response with a length: `reply(404, 'no')`. */
export function plain(status: number, body: string, headers = ''): string {
  return `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Other'}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** An HTTP/1.1 server that records every request strictly and does what its script says, right or wrong. */
export class ScriptedOrigin {
  readonly requests: ReceivedRequest[] = [];
  readonly connections: OriginConnection[] = [];
  script: Script;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async start(
    script: Script = answerWith(plain(200, 'ok')),
    host = '127.0.0.1',
    port = 0,
  ): Promise<ScriptedOrigin> {
    const origin = new ScriptedOrigin(script);
    await new Promise<void>((resolve, reject) => {
      origin.#server.once('error', reject);
      origin.#server.listen(port, host, resolve);
    });
    return origin;
  }

  constructor(script: Script) {
    this.script = script;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void this.#serve(socket));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Faults of all connections; a proxy that forwards only what it understood leaves none. */
  get faults(): readonly string[] {
    return this.connections.flatMap((connection) => (connection.fault === undefined ? [] : [connection.fault]));
  }

  /** Stops listening and ends every connection. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #serve(socket: Socket): Promise<void> {
    const queue = new ByteQueue();
    const connection: OriginConnection = { open: true, requests: 0, fault: undefined };
    const index = this.connections.push(connection) - 1;
    this.#sockets.add(socket);
    socket.on('data', (bytes: Buffer) => queue.push(bytes));
    const gone = Promise.withResolvers<void>();
    const over = (how: 'fin' | 'reset') => () => {
      connection.open = false;
      queue.end(how);
      gone.resolve();
    };
    socket.once('end', over('fin'));
    socket.once('error', over('reset'));
    socket.once('close', over('reset'));
    socket.once('close', () => this.#sockets.delete(socket));
    const reply: Reply = {
      send: (...pieces) => sendPieces(socket, pieces),
      end: () => void socket.end(),
      reset: () => void socket.resetAndDestroy(),
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
      gone: gone.promise,
    };
    try {
      while (socket.writable && (await queue.hasMore())) {
        const request = await receive(queue, index);
        connection.requests++;
        this.requests.push(request);
        await this.script(request, reply);
        await request.body();
      }
      socket.end();
    } catch (error) {
      if (error instanceof Malformed) connection.fault = error.message;
      else if (!(error instanceof StreamEnded)) throw error;
      socket.destroy();
    }
  }
}

async function receive(queue: ByteQueue, connection: number): Promise<ReceivedRequest> {
  queue.taken();
  const head = await readHead(queue);
  const line = /^([^\s]+) ([^\s]+) (HTTP\/1\.[01])$/.exec(head.start);
  if (line === null) throw new Malformed(`request line ${JSON.stringify(head.start)}`);
  const [, method = '', target = '', version = ''] = line;
  const framing = requestFraming(head);
  const rawHead = queue.taken().toString('latin1');
  let reading: Promise<Body> | undefined;
  let read: Body | undefined;
  const body = async () => {
    reading ??= readBody(queue, framing);
    read = await reading;
    return read;
  };
  return {
    ...head,
    method,
    target,
    version,
    connection,
    rawHead,
    body,
    get read() {
      return read;
    },
  };
}
