import { existsSync, readFileSync } from 'node:fs';
import type pg from 'pg';

/** Ticks that Linux counts a process's time in, a second. */
const TICKS = 100;

/** Seconds of a processor, of this process and of a database's: on a busy machine they say more than a clock. */
export interface ProcessorTime {
  readonly own: number;
  /** Of its sessions; 0 where they are not on this machine, or that is no Linux. */
  readonly database: number;
}

export async function processorTime(pool: Pick<pg.Pool, 'query'>): Promise<ProcessorTime> {
  const { user, system } = process.cpuUsage();
  const found = await pool.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'",
  );
  const times = found.rows.map(({ pid }) => timeOf(pid));
  return { own: (user + system) / 1e6, database: times.reduce((sum, time) => sum + time, 0) };
}

/** Seconds of a processor that a process has had, all of its threads; 0 where it is not on this machine, or that is no Linux. */
export function timeOf(pid: number): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return 0;
  const [, after = ''] = /\) (.*)$/.exec(readFileSync(file, 'utf8').trim()) ?? [];
  const fields = after.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
