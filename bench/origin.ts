import { freePorts } from '#test/helpers/free-port.ts';
import { compiled } from './native/compile.ts';
import { clientCore } from './pin.ts';
import { answering, start } from './running.ts';

export interface Origin {
  /** Three ports of one application. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

/** The application behind every contender, on the client's core. */
export async function startOrigin(dir: string): Promise<Origin> {
  const ports = await freePorts(3);
  const command = [compiled('origin'), ...ports.map(String)];
  const running = start({ files: {}, commands: [command], port: ports[0] ?? 0 }, dir, clientCore);
  await answering(running);
  return { ports, stop: running.stop };
}
