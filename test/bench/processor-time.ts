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

/**
 * Seconds of a processor of all processes of a database's server, those that have ended too: sessions come and go while a
 * file is sent. 0 where it is not on this machine, or that is no Linux.
 */
export async function clusterTime(pool: Pick<pg.Pool, 'query'>): Promise<number> {
  const found = await pool.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
  const session = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const server = Number(fieldsOf(session.rows[0]?.pid ?? 0)[1] ?? 0);
  const ended = fieldsOf(server);
  const living = [server, ...found.rows.map(({ pid }) => pid)].reduce((sum, pid) => sum + timeOf(pid), 0);
  return living + (Number(ended[13] ?? 0) + Number(ended[14] ?? 0)) / TICKS;
}

/** Seconds of a processor that a process has had, all of its threads; 0 where it is not on this machine, or that is no Linux. */
export function timeOf(pid: number): number {
  const fields = fieldsOf(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
}

/** What Linux says of a process behind its name: the third field of `proc_pid_stat(5)` and those after it; none where it is not there. */
function fieldsOf(pid: number): readonly string[] {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return [];
  const [, after = ''] = /\) (.*)$/.exec(readFileSync(file, 'utf8').trim()) ?? [];
  return after.split(' ');
}
