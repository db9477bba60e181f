import type { BackoffConfig } from './config/budget.ts';
import type { Backoff } from './router/retries.ts';

/** Waits before retries. `jittered` is decorrelated, as in Linkerd: up to three times the wait before, within bounds. */
export function backoffOf(config: BackoffConfig, random: () => number): Backoff {
  if (config.kind === 'constant') return () => config.ms;
  const { minMs, maxMs } = config;
  return (retry) => {
    let wait = minMs;
    for (let i = 1; i < retry; i++) wait = Math.min(maxMs, minMs + random() * (wait * 3 - minMs));
    return Math.min(maxMs, wait);
  };
}
