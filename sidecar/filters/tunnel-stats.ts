import type { Metrics } from '../../core/telemetry/metrics.ts';
import type { Filter } from '../router/service.ts';

/**
 * What each tunnel that stood came to, counted when it ends: milliseconds, and bytes received and sent as a server sees
 * it (received: from the caller) or as a client does (received: from the origin).
 */
export function tunnelStats(metrics: Metrics, side: 'server' | 'client'): Filter {
  const duration = metrics.stat('connection_duration');
  const received = metrics.stat('connection_received_bytes');
  const sent = metrics.stat('connection_sent_bytes');
  const [up, down] = side === 'server' ? [received, sent] : [sent, received];
  return {
    role: 'tunnelStats',
    end(x) {
      if (!x.switched) return;
      duration.add(x.clock.now() - x.startedAt);
      up.add(x.carriedUp);
      down.add(x.carriedDown);
    },
  };
}
