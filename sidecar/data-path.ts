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

  constructor(config: LinkerConfig, world: World) {
    this.utilities = utilityNamers(world);
    this.namers = makeNamers(config.namers, world, this.utilities);
    const namers = { configured: this.namers, utilities: this.utilities };
    this.routers = config.routers.map(
      (router) => new HttpRouter(router, makeInterpreter(router.interpreter, { namers, world }), world),
    );
  }

  /** Ports served, by router, in the order of the configuration. */
  get ports(): readonly (readonly number[])[] {
    return this.routers.map((router) => router.ports);
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
