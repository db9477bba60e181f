import type { Remark } from '#core/config/load.ts';
import { makePart, PartsError, tryPart } from '#core/config/parts.ts';
import { makeInterpreter } from '#core/interpreters/make-interpreter.ts';
import { makeNamers } from '#core/namers/make-namers.ts';
import { utilityNamers } from '#core/namers/utility/utilities.ts';
import type { Namer } from '#core/naming/namer.ts';
import type { World } from '#core/world.ts';
import type { LinkerConfig } from './config.ts';
import { HttpRouter } from './http-router.ts';

/** All routers of a linker on one thread, with namers and watches of their own. */
export class DataPath {
  readonly namers: readonly Namer[];
  readonly utilities: ReturnType<typeof utilityNamers>;
  readonly routers: readonly HttpRouter[];

  /** Builds all and opens nothing; throws a PartsError. */
  constructor(config: LinkerConfig, world: World) {
    this.utilities = utilityNamers(world);
    const problems: Remark[] = [];
    this.namers = tryPart(['namers'], () => makeNamers(config.namers, world, this.utilities), problems) ?? [];
    const namers = { configured: this.namers, utilities: this.utilities };
    this.routers = config.routers.flatMap((router, r) => {
      const make = (): HttpRouter => {
        const interpreter = makePart(['interpreter'], () => makeInterpreter(router.interpreter, { namers, world }));
        return new HttpRouter(router, interpreter, world);
      };
      return tryPart(['routers', r], make, problems) ?? [];
    });
    if (problems.length === 0) return;
    this.close();
    throw new PartsError(problems);
  }

  /** Ports served, by router, in the order of the configuration. */
  get ports(): readonly (readonly number[])[] {
    return this.routers.map((router) => router.ports);
  }

  /** Follows what requests are named by, without opening a port. */
  async start(): Promise<void> {
    await Promise.all(this.routers.map((router) => router.start()));
  }

  /** Opens every port; rejects if one cannot be had, with those before it still open. */
  async listen(): Promise<void> {
    for (const router of this.routers) await router.listen();
  }

  /** Lets what is in flight end: true when all did, false when `graceMs` ran out first. */
  async drain(graceMs: number): Promise<boolean> {
    const late = new Promise<false>((resolve) => setTimeout(resolve, graceMs, false).unref());
    return await Promise.race([Promise.all(this.routers.map((r) => r.drain())).then(() => true), late]);
  }

  close(): void {
    for (const router of this.routers) router.close();
  }
}
