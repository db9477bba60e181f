import { ManualClock } from '#core/clock.ts';
import { address } from '#core/naming/name.ts';
import { Counter } from '#core/telemetry/metrics.ts';
import { http1 } from '#sidecar/protocol/mesh-codec.ts';
import { type Caller, type CallOptions, call } from './exchanges.ts';
import { type Script, ScriptedOrigin } from './scripted-origin.ts';
import { eventually } from './within.ts';

/** A transport to an origin that follows a script; bodies up to 10 bytes are taken whole. */
export async function connected(script?: Script) {
  const origin = await ScriptedOrigin.start(script);
  const clock = new ManualClock();
  const counts = {
    connects: new Counter(),
    closes: new Counter(),
    open: 0,
    encrypted: 0,
    cached: 0,
    received: 0,
    sent: 0,
  };
  const transport = http1.connect({
    address: address('127.0.0.1', origin.port),
    security: undefined,
    limits: { line: 1000, headers: 2000, gather: 10, streams: 100, window: 65_536 },
    connectMs: 1000,
    clock,
    counts,
  });
  const send = (request: CallOptions = {}) => {
    const sent = call(request);
    transport.send(sent.x);
    return sent;
  };
  return {
    ...{ origin, clock, counts, transport, send },
    async [Symbol.asyncDispose]() {
      transport.close();
      await origin.close();
    },
  };
}

/** How the exchange came back, once it has so often. */
export const over = (caller: Caller, times = 1) =>
  eventually(() => (caller.ends.length >= times ? caller.ends : undefined), 'the exchange is over');
