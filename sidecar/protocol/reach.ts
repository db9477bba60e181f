import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import type { Closable } from '../../core/closable.ts';
import type { Address } from '../../core/naming/name.ts';
import type { TlsPeer } from '../../core/tls/client.ts';
import { connect, type WireHandler } from './wire.ts';

/**
 * Connects to an address as a request would, TLS and the judgement of the peer with it, and closes the connection again:
 * `done` is told, once, whether that could be had. Closing gives up without a word.
 */
export function reach(
  to: { readonly address: Address; readonly security: TlsPeer | undefined },
  { clock, withinMs }: { readonly clock: Clock; readonly withinMs: number },
  done: (reached: boolean) => void,
): Closable {
  let over = false;
  const finish = (reached: boolean, tell = true): void => {
    if (over) return;
    over = true;
    timer.close();
    wire.destroy();
    if (tell) done(reached);
  };
  const nothing: WireHandler = { data() {}, full() {}, drained() {}, closed: () => finish(false) };
  const timer = clock.after(withinMs, () => finish(false));
  const { host, port } = to.address;
  const wire = connect(
    { host, port, tls: to.security && (() => to.security?.connectOptions() ?? {}) },
    nothing,
    { received: 0, sent: 0 },
    (socket) => finish(to.security?.verdict(socket as TLSSocket) === undefined),
  );
  return { close: () => finish(false, false) };
}
