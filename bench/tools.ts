import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program the benchmark runs, and the Debian package that brings it. */
export interface Tool {
  readonly command: string;
  readonly debian: string;
}

export const gcc: Tool = { command: 'gcc', debian: 'gcc libc6-dev' };
export const taskset: Tool = { command: 'taskset', debian: 'util-linux' };

function onPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export function missing(tools: readonly Tool[]): readonly Tool[] {
  return tools.filter((tool) => !onPath(tool.command));
}

/** `nginx is missing: apt-get install nginx`. */
export function howToGet(tool: Tool): string {
  return `${tool.command} is missing: apt-get install ${tool.debian}`;
}
