import type { Clock } from '#core/clock.ts';
import { type Closable, nothingToClose } from '#core/closable.ts';
import type { Log } from '#core/telemetry/log.ts';
import { type Material, refreshed } from './certificate.ts';

/** Where replicas share what they serve with, and where callers learn whom to trust. */
export interface CertificatePlace {
  /** `version` goes back to `store`. */
  load(): Promise<{ readonly material: Material | undefined; readonly version: string }>;
  /** False where another replica stored something since `version`. */
  store(material: Material, version: string): Promise<boolean>;
  /** Makes callers trust these CAs (PEM). */
  trust(ca: string): Promise<void>;
}

export interface KeeperOptions {
  readonly place: CertificatePlace;
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Given each new certificate, once callers have been told to trust it. */
  readonly use: (material: Material) => void;
}

const everyMs = 30_000;
const retryMs = 2_000;

/**
 * Keeps a valid serving certificate and callers' trust in it, from now until closed: looks again every half minute, and
 * sooner after a failure.
 */
export function keepCertificate({ place, names, clock, log, use }: KeeperOptions): Closable {
  let timer: Closable = nothingToClose;
  let closed = false;
  let inUse: string | undefined;

  const round = async (): Promise<void> => {
    const { material: stored, version } = await place.load();
    const material = await refreshed(stored, names, clock.wall());
    if (material !== stored && !(await place.store(material, version))) return round();
    await place.trust(material.ca);
    if (closed || material.cert === inUse) return;
    inUse = material.cert;
    log.info({ renewed: material !== stored }, 'serving certificate loaded');
    use(material);
  };

  const next = (ms: number): void => {
    if (!closed) timer = clock.after(ms, run);
  };
  const run = (): void => {
    round().then(
      () => next(everyMs),
      (error: unknown) => {
        log.warn({ err: String(error) }, 'serving certificate not settled');
        next(retryMs);
      },
    );
  };
  run();
  return {
    close() {
      closed = true;
      timer.close();
    },
  };
}

/** For an injector without a cluster: nothing is shared, and `publish` is told the CA. */
export function privatePlace(publish: (ca: string) => void): CertificatePlace {
  let held: Material | undefined;
  return {
    load: async () => ({ material: held, version: '' }),
    async store(material) {
      held = material;
      return true;
    },
    trust: async (ca) => publish(ca),
  };
}
