import { pino } from 'pino';

/** One line an event: `log.info({ port }, 'serving http')`. Field names are stable; secrets never go in. */
export interface Log {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
  child(fields: object): Log;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** JSON lines on standard error, so that standard output stays free for what a command prints. */
export function processLog(name: string, level: LogLevel): Log {
  return pino(
    {
      name,
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

export const noLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => noLog };
