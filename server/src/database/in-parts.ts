import type { Session } from './session.ts';
import { isRefusedRow } from './sql-state.ts';

/**
 * Writes things in one statement, and in halves where PostgreSQL refuses some of them, each half behind a savepoint, until
 * the refused ones stand alone: their neighbours are written. To be called in a transaction.
 *
 * @param write writes a part, all of it or nothing
 * @param refuse is told of each that cannot be written, with the error
 */
export async function writeInParts<T>(
  session: Session,
  all: readonly T[],
  write: (part: readonly T[]) => Promise<void>,
  refuse: (one: T, error: unknown) => void,
): Promise<void> {
  const waiting: (readonly T[])[] = all.length > 0 ? [all] : [];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    await session.query('SAVEPOINT part');
    try {
      await write(part);
      await session.query('RELEASE SAVEPOINT part');
    } catch (error) {
      if (!isRefusedRow(error)) throw error;
      await session.query('ROLLBACK TO SAVEPOINT part');
      const [first, ...others] = part;
      if (first !== undefined && others.length === 0) refuse(first, error);
      else waiting.push(part.slice(part.length >> 1), part.slice(0, part.length >> 1));
    }
  }
}
