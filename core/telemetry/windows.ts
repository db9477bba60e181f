import type { Clock } from '../clock.ts';
import { type Closable, nothingToClose } from '../closable.ts';
import { type Metrics, Stat } from './metrics.ts';

/** How long a part of the window is that percentiles are taken over; see Histogram. */
export const windowMs = 60_000;

/** Ends a part of every histogram's window once a minute, until closed. One timer for a whole process. */
export function rollWindows(metrics: Metrics, clock: Clock): Closable {
  let timer: Closable = nothingToClose;
  const wait = (): void => {
    timer = clock.after(windowMs, () => {
      roll(metrics);
      wait();
    });
  };
  wait();
  return { close: () => timer.close() };
}

function roll(node: Metrics): void {
  if (node.metric instanceof Stat) node.metric.histogram.roll();
  for (const child of node.children.values()) roll(child);
}
