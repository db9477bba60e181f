import { type Stats, statSync } from 'node:fs';
import { isIP } from 'node:net';
import * as z from 'zod';
import type { Dtab } from '../naming/dtab.ts';
import { ParseError, readDtab } from '../naming/parse.ts';
import { Path } from '../naming/path.ts';
import { type LogLevel, logLevels } from '../telemetry/log.ts';

/** A TCP port; 0 lets the system choose. */
export const port = z.int().refine((n) => n >= 0 && n <= 65535, {
  error: ({ input }) => `${input} outside valid range for ports, which is 0 to 65535`,
});

/** A numeric IPv4 or IPv6 address: names are not looked up. */
export const ip = z.string().refine((text) => isIP(text) !== 0, {
  error: ({ input }) => `'${input}' is not an IP address such as 127.0.0.1 or ::1`,
});

/** Milliseconds, for a time span that may be nothing. */
export const millis = z.int().min(0);

/** Milliseconds after which something is given up; zero and less, as in Linkerd, mean never: undefined. */
export const timeoutMs = z
  .int()
  .transform((ms) => (ms > 0 ? ms : undefined))
  .optional();

/** A fraction between 0 and 1. */
export const fraction = z.number().min(0).max(1);

/** A path such as `/svc/users`. */
export const path = z.string().transform((text, context): Path => {
  try {
    return Path.read(text);
  } catch (error) {
    return unreadable(text, error, context);
  }
});

/** A dtab; what is wrong in it is pointed at within its text. */
export const dtab = z.string().transform((text, context): Dtab => {
  try {
    return readDtab(text);
  } catch (error) {
    return unreadable(text, error, context);
  }
});

/** Log levels as Linkerd writes them, in any case, cut down to those there are. */
export const logLevel = z.string().transform((text, context): LogLevel => {
  const level = logLevels[text.toUpperCase()];
  if (level !== undefined) return level;
  context.addIssue({
    code: 'custom',
    message: `Illegal log level: ${text}, it is one of ${Object.keys(logLevels).join(' ')}`,
  });
  return z.NEVER;
});

/** A regular expression. */
export const regex = z.string().transform((text, context): RegExp => {
  try {
    return new RegExp(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

/** A directory that exists when the configuration is read. */
export const directory = z.string().refine((name) => found(name)?.isDirectory() === true, {
  error: ({ input }) => `${input} is not a directory`,
});

/** A file that exists when the configuration is read. */
export const file = z.string().refine((name) => found(name)?.isFile() === true, {
  error: ({ input }) => `${input} is not a file`,
});

/** What is there by that name, if one can tell: some names are none, and some places are closed to us. */
function found(name: string): Stats | undefined {
  try {
    return statSync(name, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** One of something or a list of them, read as a list. */
export function oneOrMore<S extends z.ZodType>(item: S, noun: string) {
  return z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).min(1, { error: `empty ${noun} list` }),
  );
}

/** Reports what a parser of names found, pointing at the character. The excerpt is cut to its line. */
function unreadable(text: string, error: unknown, context: z.RefinementCtx): never {
  if (!(error instanceof ParseError)) throw error;
  const from = text.lastIndexOf('\n', error.at - 1) + 1;
  const end = text.indexOf('\n', error.at);
  const to = end < 0 ? text.length : end;
  const excerpt = `${text.slice(from, error.at)}[${text.slice(error.at, Math.min(to, error.at + 1))}]${text.slice(error.at + 1, to)}`;
  const message = error.message.replace(/ found at '[\s\S]*$/, () => ` found at '${excerpt.trim()}'`);
  context.addIssue({ code: 'custom', message, params: { index: error.at } });
  return z.NEVER;
}
