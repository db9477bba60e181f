import { readdirSync, readFileSync } from 'node:fs';

/** Processor time in microseconds. */
export interface Cpu {
  readonly user: number;
  readonly system: number;
}

/** Microseconds in a tick of /proc/PID/stat (USER_HZ is 100 on every Linux that Node runs on). */
const tick = 10_000;

/** Processor time of processes so far, all their threads included. A process that has gone counts nothing. */
export function cpuOf(pids: readonly number[]): Cpu {
  let user = 0;
  let system = 0;
  for (const pid of pids) {
    const fields = statFields(pid);
    user += Number(fields[11] ?? 0) * tick;
    system += Number(fields[12] ?? 0) * tick;
  }
  return { user, system };
}

/** The fields after the command, which may itself hold blanks and parentheses. */
function statFields(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** A process and all that descend from it. */
export function processTree(pid: number): readonly number[] {
  const found = [pid];
  for (const parent of found) {
    let threads: readonly string[];
    try {
      threads = readdirSync(`/proc/${parent}/task`);
    } catch {
      continue;
    }
    for (const thread of threads) {
      const children = readFileSync(`/proc/${parent}/task/${thread}/children`, 'latin1').trim();
      if (children !== '') found.push(...children.split(' ').map(Number));
    }
  }
  return found;
}

/** Resident memory of processes together, in bytes. */
export function residentBytes(pids: readonly number[]): number {
  let kilobytes = 0;
  for (const pid of pids) {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    kilobytes += Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
  }
  return kilobytes * 1024;
}
