import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#core/clock.ts';
import { socketOptions } from '#core/config/socket-options.ts';
import { telemeterKinds } from '#core/telemeters/kinds.ts';
import { processLog } from '#core/telemetry/log.ts';
import { Metrics } from '#core/telemetry/metrics.ts';
import { snapshotOf } from '#core/telemetry/snapshot.ts';
import { allTracers } from '#core/telemetry/tracer.ts';
import { rollWindows } from '#core/telemetry/windows.ts';
import type { World } from '#core/world.ts';
import { type LinkerConfig, loadLinkerConfig } from '../config.ts';
import { DataPath } from '../data-path.ts';
import type { FromWorker, ToWorker, WorkerState, WorkerTask } from './messages.ts';

// One data-path thread: an event loop of its own on the ports that all of them share.

const task = workerData as WorkerTask;
const log = processLog('linker', task.level);
const metrics = new Metrics();
let path: DataPath | undefined;

const tell = (message: FromWorker): void => parentPort?.postMessage(message);

const state = (): WorkerState => ({
  metrics: snapshotOf(metrics),
  clients: path?.routers.map((router) => router.clients) ?? [],
  namers: path?.namers.map(({ followed }) => [...(followed?.() ?? [])].map(([id, addr]) => ({ id, addr }))) ?? [],
  tables: path?.routers.map(({ stored }) => stored?.last()) ?? [],
});

/** The ports as the main thread has settled them, shared with the other threads. */
function shared(config: LinkerConfig): LinkerConfig {
  for (const [r, { servers }] of config.routers.entries()) {
    for (const [s, server] of servers.entries()) {
      server.port = task.ports[r]?.[s] ?? server.port;
      server.socketOptions = { ...(server.socketOptions ?? socketOptions.parse({})), reusePort: true };
    }
  }
  return config;
}

/** Spans are told by the thread that has them; metrics are shown and sent by the main thread, for all. */
function tracerOf({ telemetry }: LinkerConfig, world: World): World['tracer'] {
  const telling = telemetry.filter(({ kind }) => kind === 'io.l5d.zipkin' || kind === 'io.l5d.tracelog');
  return allTracers(telling.flatMap((telemeter) => telemeterKinds.make(telemeter, world).tracer ?? []));
}

async function run(): Promise<void> {
  rollWindows(metrics, systemClock);
  const jvm = metrics.scope('jvm');
  jvm.gauge(['heap', 'used'], () => process.memoryUsage().heapUsed);
  jvm.gauge(['heap', 'committed'], () => process.memoryUsage().heapTotal);
  jvm.gauge(['thread', 'count'], () => 1);
  const config = shared(loadLinkerConfig(task.text, task.file).value);
  const bare: World = { clock: systemClock, random: Math.random, env: process.env, log, metrics };
  path = new DataPath(config, { ...bare, tracer: tracerOf(config, bare) });
  await path.listen();
  tell({ kind: 'listening' });
}

async function hear(message: ToWorker): Promise<void> {
  if (message.kind === 'ask') tell({ kind: 'state', id: message.id, state: state() });
  else if (message.kind === 'level') log.level = message.level;
  else {
    const clean = (await path?.drain(message.graceMs)) ?? true;
    path?.close();
    tell({ kind: 'drained', clean, state: state() });
  }
}

process.on('uncaughtException', (error) => {
  tell({ kind: 'failed', why: error.stack ?? error.message, state: state() });
  process.exit(1);
});
parentPort?.on('message', (message: ToWorker) => void hear(message));
run().catch((error: unknown) => {
  tell({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
  process.exit(1);
});
