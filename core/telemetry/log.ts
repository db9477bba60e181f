import { pino } from 'pino';

/** One line an event: `log.info({ port }, 'serving http')`. Field names are stable; secrets never go in. */
export interface Log {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** A log whose level can be changed while it is written to. */
export interface LeveledLog extends Log {
  level: string;
}

/** Linkerd's levels, by what each comes to here. */
export const logLevels: Readonly<Record<string, LogLevel>> = {
  ALL: 'debug',
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  WARN: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
  FATAL: 'error',
  OFF: 'silent',
};

/** JSON lines on standard error, so that standard output stays free for what a command prints. */
export function processLog(name: string, level: LogLevel): LeveledLog {
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

export const noLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
