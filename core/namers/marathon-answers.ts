import * as z from 'zod';
import type { Endpoint } from './endpoints.ts';

const none = <T>(value: readonly T[] | null | undefined): readonly T[] => value ?? [];

const apps = z.object({ apps: z.array(z.object({ id: z.string() })) });

const app = z.object({
  app: z.object({
    healthChecks: z.array(z.unknown()).nullish().transform(none),
    ipAddress: z
      .object({ discovery: z.object({ ports: z.array(z.object({ number: z.int() })).nullish() }).nullish() })
      .nullish(),
    tasks: z
      .array(
        z.object({
          host: z.string().nullish(),
          state: z.string().nullish(),
          ports: z.array(z.int()).nullish().transform(none),
          ipAddresses: z
            .array(z.object({ ipAddress: z.string().nullish() }))
            .nullish()
            .transform(none),
          healthCheckResults: z
            .array(z.object({ alive: z.boolean().nullish() }).nullable())
            .nullish()
            .transform(none),
        }),
      )
      .nullish()
      .transform(none),
  }),
});

/** The ids of an answer of `/v2/apps`: `/group/app`. Throws on anything else. */
export function readAppIds(body: unknown): ReadonlySet<string> {
  return new Set(apps.parse(body).apps.map(({ id }) => id.toLowerCase()));
}

/**
 * The running tasks of an answer of `/v2/apps/<id>?embed=app.tasks`, each on its first port. Where every task has an
 * address of its own the port is the first that the app announces. `healthy`: only those that pass all checks of the app.
 * Throws on anything else.
 */
export function readTasks(body: unknown, healthy: boolean): readonly Endpoint[] {
  const { tasks, healthChecks, ipAddress } = app.parse(body).app;
  const ownPort = ipAddress?.discovery?.ports?.[0]?.number;
  return tasks.flatMap((task) => {
    if (task.state != null && task.state !== 'TASK_RUNNING') return [];
    const alive = task.healthCheckResults.filter((each) => each?.alive === true).length;
    if (healthy && alive < healthChecks.length) return [];
    const host = ownPort === undefined ? task.host : task.ipAddresses[0]?.ipAddress;
    const port = ownPort ?? task.ports[0];
    return host == null || host === '' || port === undefined || port < 1 || port > 65_535 ? [] : [{ host, port }];
  });
}
