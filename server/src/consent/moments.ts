import type { Session } from '../database/session.ts';
import { readMoment } from '../values/check-value.ts';

/** Milliseconds that another machine's clock may be ahead of ours. */
const CLOCK_SKEW = 5 * 60_000;

/**
 * When a person did something, as somebody tells it. A little ahead is another clock and counts as now, so that nothing
 * done in the meantime loses to it. Answers what is wrong where it is no moment, or one to come.
 */
export function readOccurredAt(
  text: string,
  now: Date,
): Date | { readonly code: string; readonly message: string } {
  const read = readMoment(text);
  if (read === null)
    return {
      code: 'invalid-moment',
      message: 'occurredAt is no moment with its zone, as 2026-11-20T10:00:00.000Z.',
    };
  const moment = new Date(read);
  if (moment.getTime() > now.getTime() + CLOCK_SKEW)
    return { code: 'in-the-future', message: `occurredAt lies in the future: ${read}.` };
  return moment > now ? now : moment;
}

/** Now, by the database's clock: copies of the server may disagree on what was first. */
export async function currentMoment(session: Session): Promise<Date> {
  const [row] = await session.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  if (!row) throw new Error('The database did not tell the time.');
  return row.now;
}
