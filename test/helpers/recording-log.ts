import type { Log } from '#core/telemetry/log.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: object;
}

/** A log that keeps its lines. */
export function recordingLog(lines: LogLine[] = []): Log & { readonly lines: readonly LogLine[] } {
  const at =
    (level: LogLine['level']) =>
    (fields: object, event: string): void => {
      lines.push({ level, event, fields });
    };
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}
