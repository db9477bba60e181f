import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../clock.ts';
import type { Closable } from '../closable.ts';
import type { Metrics } from './metrics.ts';

/**
 * What dashboards made for Linkerd ask of the process, under the names a JVM has for it, as far as Node can tell.
 * `thread/count` is 1: one thread runs our code. Closing stops counting garbage collections.
 */
export function processMetrics(metrics: Metrics, clock: Clock): Closable {
  const jvm = metrics.scope('jvm');
  const startedAt = clock.wall() - process.uptime() * 1000;
  jvm.gauge(['uptime'], () => Math.round(clock.wall() - startedAt));
  jvm.gauge(['start_time'], () => Math.round(startedAt));
  jvm.gauge(['num_cpus'], availableParallelism);
  jvm.gauge(['heap', 'used'], () => process.memoryUsage().heapUsed);
  jvm.gauge(['heap', 'committed'], () => process.memoryUsage().heapTotal);
  jvm.gauge(['heap', 'max'], () => getHeapStatistics().heap_size_limit);
  jvm.gauge(['nonheap', 'used'], () => process.memoryUsage().external);
  jvm.gauge(['mem', 'current', 'used'], () => process.memoryUsage.rss());
  jvm.gauge(['thread', 'count'], () => 1);
  jvm.gauge(['fd_count'], openFiles);

  const cycles = jvm.counter('gc', 'cycles');
  const pauses = jvm.stat('gc', 'eden', 'pause_msec');
  let pausedMs = 0;
  jvm.gauge(['gc', 'msec'], () => Math.round(pausedMs));
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      cycles.add();
      pausedMs += duration;
      pauses.add(Math.round(duration));
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return { close: () => observer.disconnect() };
}

/** Open file descriptors, where the system shows them as files (Linux, macOS); -1 elsewhere. */
function openFiles(): number {
  for (const directory of ['/proc/self/fd', '/dev/fd']) {
    try {
      return readdirSync(directory).length;
    } catch {
      // not on this system
    }
  }
  return -1;
}
