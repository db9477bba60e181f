import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { Clock } from '#core/clock.ts';
import { marks } from '#core/pod-marks.ts';
import type { Log } from '#core/telemetry/log.ts';
import type { Namespace } from './decide.ts';
import type { InjectorMetrics, Refusal } from './metrics.ts';
import type { Namespaces } from './namespaces.ts';
import { answer, BadReview, type Knowledge, namespaceOf } from './review.ts';

/** The API server takes bodies of up to 3 MB and wraps them; above this a request is refused with 413. */
const bodyLimitBytes = 7 * 1024 * 1024;

export interface RoutesOptions {
  readonly knowledge: () => Omit<Knowledge, 'namespace'>;
  readonly namespaces: Namespaces;
  /** What is still missing before reviews should be sent here; empty when ready. */
  readonly missing: () => readonly string[];
  /** Callers are asked to close their connections. */
  readonly draining: () => boolean;
  readonly metrics: InjectorMetrics;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * `POST /mutate` answers reviews; `POST /mutate/namespace` those of pods whose namespace the API server has seen to opt
 * in, which it knows better than our watch. Our own faults are answered 500, so that failurePolicy decides.
 */
export function routes(options: RoutesOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use((_, response, next) => {
    response.locals['startedAt'] = options.clock.now();
    if (options.draining()) response.set('connection', 'close');
    next();
  });
  app.get('/healthz', (_, response) => void response.type('text').send('ok\n'));
  app.get('/readyz', (_, response) => {
    const missing = options.draining() ? ['draining'] : options.missing();
    if (missing.length === 0) response.type('text').send('ok\n');
    else
      response
        .status(503)
        .type('text')
        .send(`${missing.join('\n')}\n`);
  });
  app.get('/metrics', (_, response) => void response.type('text/plain; version=0.0.4').send(options.metrics.text()));
  const json = express.json({ limit: bodyLimitBytes, type: () => true });
  app.post(
    '/mutate',
    json,
    review(options, (namespace) => namespace),
  );
  app.post('/mutate/namespace', json, review(options, optedIn));
  app.use(refuse(options));
  return app;
}

const optedIn = (namespace: Namespace): Namespace => ({
  ...namespace,
  labels: { ...namespace.labels, [marks.inject]: 'enabled' },
});

function review(
  { knowledge, namespaces, metrics, log, clock }: RoutesOptions,
  seen: (namespace: Namespace) => Namespace,
): RequestHandler {
  return async (request, response) => {
    const body: unknown = request.body;
    await namespaces.settle(namespaceOf(body));
    const namespace = (name: string): Namespace => seen(namespaces.find(name) ?? { name, labels: {}, annotations: {} });
    const given = answer(body, { ...knowledge(), namespace });
    response.json(given.review);
    const ms = Math.round((clock.now() - startOf(response)) * 1000) / 1000;
    metrics.answered(given, ms);
    const { why, mode, patchBytes, dryRun } = given;
    log.info(
      { namespace: given.namespace, reason: why.code, detail: why.detail, mode, patchBytes, dryRun, ms },
      'reviewed',
    );
  };
}

function refuse({ metrics, log, clock }: RoutesOptions): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const { status, why } = verdict(error);
    metrics.refused(why, clock.now() - startOf(response));
    log[status === 500 ? 'error' : 'warn']({ err: String(error), path: request.path, status }, 'refused');
    if (response.headersSent) next(error);
    else
      response
        .status(status)
        .type('text')
        .send(status === 500 ? 'internal error\n' : `${String(error)}\n`);
  };
}

function verdict(error: unknown): { readonly status: number; readonly why: Refusal } {
  if (error instanceof BadReview) return { status: 400, why: 'bad-request' };
  // What express.json throws says itself which 4xx it is.
  const status = (error as { readonly status?: unknown } | null)?.status;
  if (status === 413) return { status, why: 'too-large' };
  if (typeof status === 'number' && status >= 400 && status < 500) return { status, why: 'bad-request' };
  return { status: 500, why: 'error' };
}

const startOf = (response: Response): number => response.locals['startedAt'] as number;
