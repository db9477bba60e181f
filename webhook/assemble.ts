import type { Clock } from '#core/clock.ts';
import { type Closable, closeAll } from '#core/closable.ts';
import { Cell, type Var } from '#core/reactive/var.ts';
import type { Log } from '#core/telemetry/log.ts';
import { certificateEndsMs, type Material } from './certificate.ts';
import { keepCertificate } from './certificate-keeper.ts';
import type { InjectorOptions } from './config.ts';
import { LinkerFiles } from './linker-files.ts';
import { meshOf } from './mesh-options.ts';
import { InjectorMetrics } from './metrics.ts';
import { selfCheck } from './self-check.ts';
import { serve } from './server.ts';
import { inCluster, type Surroundings, standalone } from './surroundings.ts';

export interface InjectorWorld {
  readonly clock: Clock;
  readonly random: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

export interface Injector {
  readonly port: number;
  /** Answers for a while longer, then resolves when nothing is in flight and everything is closed. */
  drain(): Promise<void>;
}

/** Starts an injector; resolves when it listens. Rejects where options, files or the port cannot be used. */
export async function startInjector(
  options: InjectorOptions,
  version: string,
  world: InjectorWorld,
): Promise<Injector> {
  const { clock, log, env } = world;
  // Pods of a cluster have addresses of one family first, and so has the node this runs on.
  const mesh = meshOf({ ...options, ipv6: options.ipv6 || (env['HEDDLE_HOST_IP'] ?? '').includes(':') }, version);
  const linkers = new LinkerFiles(options.linkerConfig, clock, log);
  const knowledge = () => ({ mesh, linkers: linkers.linkers });
  const { namespaces, place, watch }: Surroundings = options.standalone
    ? standalone(options, clock)
    : await inCluster(options, world);

  const certificates = new Cell<Material | undefined>(undefined);
  const keeper = keepCertificate({ place, names: serverNames(options), clock, log, use: (m) => certificates.set(m) });
  const certificate = await first(certificates);

  const metrics = new InjectorMetrics();
  metrics.gauge(
    'certificate_expiry_seconds',
    () => (certificateEndsMs(certificates.get()?.cert ?? certificate.cert) - clock.wall()) / 1000,
  );
  metrics.gauge('namespaces', () => namespaces.size);
  const missing = () => [...(namespaces.synced ? [] : ['namespaces']), ...selfCheck(knowledge())];
  const server = await serve({ ...options, certificate, knowledge, namespaces, missing, metrics, log, clock });
  const renewals = certificates.observe((renewed) => server.use(renewed ?? certificate));
  log.info({ port: server.port, standalone: options.standalone, version }, 'injector serving');
  return {
    port: server.port,
    async drain() {
      log.info({ seconds: options.drainSeconds }, 'draining');
      await server.drain(options.drainSeconds * 1000);
      closeAll(renewals, keeper, watch, linkers).close();
      log.info({}, 'drained');
    },
  };
}

/** What callers may know us by. */
function serverNames({ serviceName, meshNamespace, clusterDomain, serverName }: InjectorOptions): string[] {
  const service = `${serviceName}.${meshNamespace}.svc`;
  return [service, `${service}.${clusterDomain}`, ...serverName];
}

function first<T>(changing: Var<T | undefined>): Promise<T> {
  return new Promise((found) => {
    const handle: Closable = changing.observe((value) => {
      if (value === undefined) return;
      found(value);
      queueMicrotask(() => handle.close());
    });
  });
}
