import { join } from 'node:path';
import { type GoTools, goTools } from '#test/helpers/go-tools.ts';

/** Absolute paths of other people's tests. */
export interface Programs {
  readonly h2spec: string;
  /** gRPC's interoperability client and server, in Go. */
  readonly client: string;
  readonly server: string;
}

const tools: GoTools = {
  module: import.meta.dirname,
  name: 'conformance',
  programs: ['h2spec', 'client', 'server'],
  building: 'h2spec and the gRPC interoperability programs; a minute',
  withoutGo: (folder) =>
    `The conformance tests are Go programs. Install Go 1.26 or later (https://go.dev/dl), which builds them once into ${folder}.`,
};

/** Builds them where the cache does not have them. @throws saying what to install where there is no Go. */
export async function programs(env?: NodeJS.ProcessEnv): Promise<Programs> {
  const folder = await goTools(tools, env);
  return { h2spec: join(folder, 'h2spec'), client: join(folder, 'client'), server: join(folder, 'server') };
}
