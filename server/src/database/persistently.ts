import { setTimeout as pause } from 'node:timers/promises';
import { databaseFailure } from './failures.ts';

/** Milliseconds before each further try: a database that is being replaced is back within a minute. */
const WAITS = [250, 1000, 3000, 8000, 15_000, 30_000];

/**
 * Stores what must not be lost, such as what became of a call that cannot be made again, and tries again while the database
 * is away. What is stored may have been stored by a try before: storing it twice must be the same.
 */
export async function persistently<T>(store: () => Promise<T>): Promise<T> {
  for (const wait of WAITS)
    try {
      return await store();
    } catch (error) {
      if (databaseFailure(error) === null) throw error;
      await pause(wait);
    }
  return store();
}
