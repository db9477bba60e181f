import { join } from 'node:path';

const names = [
  'http1-server',
  'http1-client',
  'h2-server',
  'h2-client',
  'hpack',
  'naming',
  'config',
  'http1-against-node',
  'hpack-against-node',
] as const;

/** What is fuzzed, by name; each a module that exports its `target`. */
export const targets: ReadonlyMap<string, string> = new Map(
  names.map((name) => [name, join(import.meta.dirname, 'targets', `${name}.ts`)]),
);
