import type { Clock } from '../../core/clock.ts';
import type { Address } from '../../core/naming/name.ts';
import type { TlsPeer } from '../../core/tls/client.ts';
import type { ServerTls } from '../../core/tls/server.ts';
import type { Service } from '../router/service.ts';
import type { ConnectionCounts, Transport } from '../router/transport.ts';
import type { SessionTimes } from './expiry.ts';
import type { Listener, ServerCounts } from './listener.ts';
import type { PoolLimits } from './places.ts';

/** Sizes a codec holds peers to, in bytes. */
export interface CodecLimits {
  /** The first line of an HTTP/1 message. */
  readonly line: number;
  /** All header lines of a message. */
  readonly headers: number;
  /** Bodies of a known length up to this are taken whole before they are passed on. */
  readonly gather: number;
  /** Bodies of unknown length are taken whole too, up to this; absent: they are passed on as they come. */
  readonly whole?: number;
  /** Streams a caller may have open on one HTTP/2 connection, and the window of each. */
  readonly streams: number;
  readonly window: number;
}

/** How connections are to be; what is not given is as the mesh thinks best. */
export interface SocketSettings {
  readonly noDelay?: boolean;
  readonly keepAlive?: boolean;
  /** Close a connection on which no byte moves for so many milliseconds. */
  readonly stillMs?: number | undefined;
}

/** How a listening socket and its connections are to be. */
export interface ListenSocket extends SocketSettings {
  readonly reusePort?: boolean;
  readonly backlog?: number | undefined;
}

/** How answers of HTTP/1 are compressed for callers that want it. */
export interface Compression {
  /** 1 to 9, as zlib counts. */
  readonly level: number;
  /** Only what is text by its Content-Type. */
  readonly textOnly: boolean;
}

export interface ListenParts {
  readonly ip: string;
  readonly port: number;
  readonly tls: ServerTls | undefined;
  readonly limits: CodecLimits;
  /** Bytes of the router's own error bodies, at most. */
  readonly errorBytes: number;
  /** Absent: answers are never compressed. */
  readonly compression?: Compression | undefined;
  readonly socket?: ListenSocket | undefined;
  /** How long connections last; undefined: until the caller or a drain ends them. */
  readonly session?: SessionTimes | undefined;
  /** Drop every `l5d-` field that callers send and that answers carry. */
  readonly clearContext: boolean;
  readonly service: Service;
  /** Of an http router: where requests go that are HTTP/2 from end to end, gRPC above all. */
  readonly native: Service | undefined;
  readonly clock: Clock;
  readonly counts: ServerCounts;
  /** Milliseconds a tunnel may carry nothing; an hour without it. */
  readonly idleMs?: number | undefined;
  /** A caller that could not be accepted, or whose handshake failed, in words; nothing of the peer's is quoted. */
  readonly refused: (why: string, remote: string) => void;
}

export interface ConnectParts {
  readonly address: Address;
  readonly security: TlsPeer | undefined;
  readonly limits: CodecLimits;
  readonly connectMs: number;
  /** Of HTTP/1.1, where each exchange needs a connection of its own; undefined: as many as it takes. */
  readonly pool?: PoolLimits | undefined;
  /** How long connections last; undefined: until the peer ends them. */
  readonly session?: SessionTimes | undefined;
  readonly socket?: SocketSettings | undefined;
  /** Milliseconds a tunnel may carry nothing; an hour without it. */
  readonly idleMs?: number | undefined;
  readonly clock: Clock;
  readonly counts: ConnectionCounts;
}

/** A wire protocol: all that a router needs to know of it. */
export interface Codec {
  /** Rejects when the address cannot be had. */
  listen(parts: ListenParts): Promise<Listener>;
  connect(parts: ConnectParts): Transport;
}
