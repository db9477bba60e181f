import * as z from 'zod';
import { port } from '../config/fields.ts';
import { toText } from '../naming/labels.ts';
import type { Path } from '../naming/path.ts';
import { namerFields } from './fields.ts';

/** The keys of a namer that reads ZooKeeper. */
export const zkFields = {
  ...namerFields,
  zkAddrs: z
    .array(z.strictObject({ host: z.string().min(1).default('localhost'), port: port.default(2181) }))
    .min(1)
    .describe('The servers of the ensemble.'),
};

/** The path of a node; undefined where ZooKeeper can have none of that name. */
export function nodePath(path: Path): string | undefined {
  const elements = path.segments.map(toText);
  return elements.length > 0 && elements.every(isName) ? `/${elements.join('/')}` : undefined;
}

/** What servers allow to be created; others are an error to ask for. */
function isName(text: string): boolean {
  if (text === '.' || text === '..' || text.includes('/')) return false;
  return [...text].every((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0x1f && !(code >= 0x7f && code <= 0x9f) && !(code >= 0xd800 && code <= 0xf8ff) && code < 0xfff0;
  });
}
