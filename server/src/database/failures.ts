import { sqlState } from './sql-state.ts';

/**
 * What a failure of the database means for whoever asked:
 * - `unreachable`: no connection was made, nothing was done;
 * - `lost`: the connection broke while it was in use;
 * - `busy`: a lock, a timeout, too many connections: the same again may go through;
 * - `full`: the disk, and nothing more is written until somebody makes room;
 * - `read-only`: a standby answers, as it does in the middle of a failover.
 */
export type DatabaseFailure = 'unreachable' | 'lost' | 'busy' | 'full' | 'read-only';

/** Of the system, when a connection is made. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // Starting up, shutting down or recovering; too many connections.
  '57P03',
  '53300',
]);
/** Of the system, and of PostgreSQL as it ends a session: shut down, crashed, dropped, idle for too long. */
const LOST = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P04',
  '57P05',
  '25P03',
  '25P04',
]);
/** What the driver and its pools say in words only. */
const UNREACHABLE_MESSAGE =
  /timeout exceeded when trying to connect|connection timeout|timeout expired|Timeout acquiring a connection|Cannot use a pool after calling end|Unable to acquire a connection/;
const LOST_MESSAGE =
  /Connection terminated|connection error and is not queryable|Client was closed and is not queryable|Query read timeout|This socket has been ended/;

/** What of an error is a failure of the database that passes by itself or by an operator's hand; null where it is none. */
export function databaseFailure(error: unknown): DatabaseFailure | null {
  if (!(error instanceof Error)) return null;
  const state = sqlState(error) ?? '';
  if (UNREACHABLE.has(state)) return 'unreachable';
  // Class 08: the connection; class 58: the system around the database.
  if (LOST.has(state) || /^(08|58)/.test(state)) return 'lost';
  if (state === '53100') return 'full';
  if (state === '25006') return 'read-only';
  // Classes 40 (deadlocks, serialization), 53 (too little of something) and 57 (an operator, a timeout); a lock not had.
  if (/^(40|53|57)/.test(state) || state === '55P03') return 'busy';
  if (UNREACHABLE_MESSAGE.test(error.message)) return 'unreachable';
  return LOST_MESSAGE.test(error.message) ? 'lost' : null;
}

/** Errors of connections that broke while a COMMIT was on its way. */
const inDoubt = new WeakSet<Error>();

/** Whether nobody knows what became of a change: its connection broke while it was being committed. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof Error && inDoubt.has(error);
}

/** Notes of an error that what it ended may have been committed, where its connection broke. */
export function noteCommitFailure(error: unknown): void {
  if (error instanceof Error && databaseFailure(error) === 'lost') inDoubt.add(error);
}

/**
 * Whether a statement whose connection breaks may have been committed: a COMMIT, or what is a transaction by itself and does
 * more than read.
 */
export function isWriteInDoubt(statement: string, isInTransaction: boolean): boolean {
  return isInTransaction ? /^\s*COMMIT\b/i.test(statement) : !/^\s*(SELECT|BEGIN|SET)\b/i.test(statement);
}

/** Waits for what commits; where its connection breaks meanwhile, `isOutcomeUnknown` says so of the error. */
export async function committing<T>(commit: Promise<T>): Promise<T> {
  try {
    return await commit;
  } catch (error) {
    noteCommitFailure(error);
    throw error;
  }
}
