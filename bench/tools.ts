import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Something on this machine that the benchmark needs. */
export interface Tool {
  readonly command: string;
  /** How to install it. */
  readonly get: string;
  /** A file that has to be there, of what is no program on the PATH. */
  readonly file?: string;
}

/** A program, and the Debian packages that bring it. */
export function debian(command: string, packages = command): Tool {
  return { command, get: `apt-get install ${packages}` };
}

export const gcc = debian('gcc', 'gcc libc6-dev');
export const taskset = debian('taskset', 'util-linux');
/** The origin of the HTTP/2 paths, and what their load generator is made with. */
export const nghttpd = debian('nghttpd', 'nghttp2-server');
export const libnghttp2: Tool = { ...debian('libnghttp2', 'libnghttp2-dev'), file: '/usr/include/nghttp2/nghttp2.h' };

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
  return `${tool.command} is missing: ${tool.get}`;
}
