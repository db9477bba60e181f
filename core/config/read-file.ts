import { readFileSync, statSync } from 'node:fs';

/** A configuration could not be read at all. */
export class ConfigUnreadable extends Error {
  override readonly name = 'ConfigUnreadable';
}

/** The text of a configuration file, or of standard input for `-`. Throws a ConfigUnreadable that names the file. */
export function readConfigFile(file: string): string {
  if (file === '-') return readFileSync(0, 'utf8');
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory()) throw new ConfigUnreadable(`config is not a file: ${file}`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ConfigUnreadable) throw error;
    throw new ConfigUnreadable(`config cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
