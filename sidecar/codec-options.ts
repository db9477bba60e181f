import type { Protocol, RouterConfig, ServerConfig } from './config.ts';
import type { CodecLimits } from './protocol/codec.ts';
import { NATIVE } from './protocol/h2/codec.ts';

const KB = 1024;
/** Largest body taken whole where nothing is to be streamed. Linkerd has no such limit, and no protection. */
const WHOLE = 64 * KB * KB;

/** Kilobytes up to which a body is gathered before it goes on, as in Linkerd. */
const GATHERED_KB = 5;

/** Defaults of HTTP/1 hold for the sizes that an h2 router does not configure. */
export function codecLimits(config: RouterConfig): CodecLimits {
  const streams = { streams: 250, window: 256 * KB };
  // Heads only open tunnels, and nothing is ever gathered.
  if (config.protocol === 'tcp') return { line: 4 * KB, headers: 8 * KB, gather: 0, streams: 1000, window: 256 * KB };
  if (config.protocol === 'h2') return { line: 4 * KB, headers: 8 * KB, gather: GATHERED_KB * KB, ...streams };
  return {
    line: config.maxInitialLineKB * KB,
    headers: config.maxHeadersKB * KB,
    ...(config.streamingEnabled
      ? { gather: (config.streamAfterContentLengthKB ?? GATHERED_KB) * KB }
      : { gather: WHOLE, whole: WHOLE }),
    ...streams,
  };
}

/** A server of an h2 router may have sizes of its own. */
export function serverLimits(limits: CodecLimits, server: ServerConfig): CodecLimits {
  if (!('maxConcurrentStreamsPerConnection' in server)) return limits;
  return {
    ...limits,
    streams: server.maxConcurrentStreamsPerConnection,
    window: server.initialStreamWindowBytes,
    headers: server.maxHeaderListBytes ?? limits.headers,
  };
}

/** What a client asks for; `speaks` h2 on an http router for what is HTTP/2 from end to end. */
export const clientAlpn = (protocol: Protocol, speaks: Protocol): readonly string[] =>
  speaks === protocol ? alpnOf(protocol) : [NATIVE, ...alpnOf(speaks)];

/** HTTP/1 clients and servers of Linkerd leave ALPN out. */
export const alpnOf = (protocol: Protocol): readonly string[] => (protocol === 'h2' ? ['h2'] : []);
