/** Milliseconds to wait before the n-th time something is tried again (n from 1). */
export type Backoff = (n: number) => number;

export type BackoffConfig =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'jittered'; readonly minMs: number; readonly maxMs: number };

/** Steps after which a jittered wait has long reached its bounds: no more are worked out. */
const STEPS = 64;

/** Waits as configured. `jittered` is decorrelated, as in Linkerd: up to three times the wait before, within bounds. */
export function backoffOf(config: BackoffConfig, random: () => number): Backoff {
  if (config.kind === 'constant') return () => config.ms;
  const { minMs, maxMs } = config;
  return (n) => {
    let wait = minMs;
    for (let i = 1; i < Math.min(n, STEPS); i++) wait = Math.min(maxMs, minMs + random() * (wait * 3 - minMs));
    return Math.min(maxMs, wait);
  };
}

/** `startMs` first, then twice as long each time, half of it fixed and half by chance, up to `maxMs`. */
export function equalJitter(startMs: number, maxMs: number, random: () => number): Backoff {
  return (n) => {
    if (n <= 1) return Math.min(startMs, maxMs);
    const half = startMs * 2 ** Math.min(n - 2, STEPS);
    return Math.min(maxMs, half + random() * half);
  };
}
