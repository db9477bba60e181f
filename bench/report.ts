import type { FirstByte } from './first-byte.ts';
import type { Measured } from './measure.ts';
import { type Column, markdownTable } from './table.ts';

const whole = (value: number) => (Number.isFinite(value) ? value.toFixed(0) : '–');
const tenth = (value: number) => (Number.isFinite(value) ? value.toFixed(1) : '–');
const hundredth = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : '–');
const megabytes = (bytes: number) => (bytes > 0 ? (bytes / 2 ** 20).toFixed(0) : '–');

/** CPU of a row divided by that of the scenario's reference. */
function ratio(row: Measured, rows: readonly Measured[]): number {
  const other = rows.find((r) => r.scenario === row.scenario && r.contender === row.scenario.reference);
  return row.cpu / (other?.cpu ?? Number.NaN);
}

/** What a proxy adds to the p99 at a constant rate. */
function addedP99(row: Measured, rows: readonly Measured[]): number {
  const direct = rows.find((r) => r.scenario === row.scenario && r.contender === 'direct');
  return row === direct ? Number.NaN : row.open.p99 - (direct?.open.p99 ?? Number.NaN);
}

/** One table of everything measured. */
export function resultTable(rows: readonly Measured[]): string {
  const columns: readonly Column<Measured>[] = [
    { title: 'path', align: 'left', cell: (row) => row.scenario.id },
    { title: 'contender', align: 'left', cell: (row) => row.contender },
    { title: 'CPU µs/req', cell: (row) => tenth(row.cpu) },
    {
      title: 'user + system',
      cell: (row) => (Number.isFinite(row.cpu) ? `${tenth(row.user)} + ${tenth(row.system)}` : '–'),
    },
    { title: '÷ nginx/nghttpx', cell: (row) => hundredth(ratio(row, rows)) },
    { title: 'req/s', cell: (row) => whole(row.perSecond) },
    { title: 'p50 µs', cell: (row) => whole(row.p50) },
    { title: 'p99 µs', cell: (row) => whole(row.p99) },
    { title: 'p50 @1000/s', cell: (row) => whole(row.open.p50) },
    { title: 'p99 @1000/s', cell: (row) => whole(row.open.p99) },
    { title: 'added p99', cell: (row) => whole(addedP99(row, rows)) },
    { title: 'RSS idle MB', cell: (row) => megabytes(row.idleBytes) },
    { title: 'loaded MB', cell: (row) => megabytes(row.loadedBytes) },
    { title: 'failed', cell: (row) => String(row.failed) },
  ];
  return markdownTable(columns, rows);
}

export function startTable(rows: readonly FirstByte[]): string {
  return markdownTable<FirstByte>(
    [
      { title: 'start', align: 'left', cell: (row) => row.contender },
      { title: 'first byte ms', cell: (row) => whole(row.ms) },
      { title: 'CPU until then ms', cell: (row) => whole(row.cpuMs) },
    ],
    rows,
  );
}

/** The single rounds, so that a reader can judge the noise. */
export function roundLines(rows: readonly Measured[]): string {
  const proxied = rows.filter((row) => Number.isFinite(row.cpu));
  return proxied.map((row) => `${row.scenario.id} ${row.contender}: ${row.rounds.map(tenth).join(' ')}`).join('\n');
}
