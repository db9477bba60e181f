import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program the benchmark runs, or a library it is linked with, and the Debian package that brings it. */
export interface Tool {
  readonly command: string;
  readonly debian: string;
  /** A file that has to be there, of what is no program on the PATH. */
  readonly file?: string;
}

export const gcc: Tool = { command: 'gcc', debian: 'gcc libc6-dev' };
export const taskset: Tool = { command: 'taskset', debian: 'util-linux' };
/** The origin of the HTTP/2 paths, and what their load generator is made with. */
export const nghttpd: Tool = { command: 'nghttpd', debian: 'nghttp2-server' };
export const libnghttp2: Tool = {
  command: 'libnghttp2',
  debian: 'libnghttp2-dev',
  file: '/usr/include/nghttp2/nghttp2.h',
};

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
  return tools.filter((tool) => (tool.file === undefined ? !onPath(tool.command) : !existsSync(tool.file)));
}

/** `nginx is missing: apt-get install nginx`. */
export function howToGet(tool: Tool): string {
  return `${tool.command} is missing: apt-get install ${tool.debian}`;
}
