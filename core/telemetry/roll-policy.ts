/** When a log begins a new file. `day` is 1 for Sunday to 7, as in a java.util.Calendar. */
export type RollPolicy =
  | { readonly kind: 'never' | 'hourly' | 'daily' }
  | { readonly kind: 'weekly'; readonly day: number }
  | { readonly kind: 'size'; readonly bytes: number };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** When the file opened at `wallMs` is full of time, in milliseconds since 1970, UTC; infinite where time does not count. */
export function nextRoll(policy: RollPolicy, wallMs: number): number {
  switch (policy.kind) {
    case 'hourly':
      return (Math.floor(wallMs / HOUR) + 1) * HOUR;
    case 'daily':
      return (Math.floor(wallMs / DAY) + 1) * DAY;
    case 'weekly': {
      const today = Math.floor(wallMs / DAY) * DAY;
      const ahead = (policy.day - 1 - new Date(wallMs).getUTCDay() + 7) % 7;
      return today + (ahead === 0 ? 7 : ahead) * DAY;
    }
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** What a file is renamed to at `wallMs`: the time goes before the suffix, as in Linkerd: `access-20261124-1619.log`. */
export function rolledName(file: string, policy: RollPolicy, wallMs: number): string {
  const [, year, month, day, ...clock] =
    /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)/.exec(new Date(wallMs).toISOString()) ?? [];
  const parts = policy.kind === 'hourly' ? 1 : policy.kind === 'size' ? 4 : 0;
  const time = parts === 0 ? '' : `-${clock.slice(0, parts).join('')}`;
  const [stem, suffix] = split(file);
  return `${stem}-${year}${month}${day}${time}${suffix}`;
}

/** Matches the names that files of this name are renamed to. */
export function rolledPattern(name: string): RegExp {
  const [stem, suffix] = split(name).map((part) => part.replace(/[^\w-]/g, '\\$&'));
  return new RegExp(`^${stem}-\\d{8}(-\\d+)?${suffix}$`);
}

function split(file: string): [stem: string, suffix: string] {
  const dot = file.lastIndexOf('.');
  return dot > file.lastIndexOf('/') + 1 ? [file.slice(0, dot), file.slice(dot)] : [file, ''];
}
