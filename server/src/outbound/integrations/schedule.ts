import { nextMoment } from '../../jobs/schedules.ts';
import type { Settings } from './integration-schema.ts';

/** The next time that a schedule opens; null for one that is always open. */
export function nextRun(schedule: Settings['schedule'], after: Date): Date | null {
  if (schedule.kind === 'at-once') return null;
  return nextMoment(`0 ${schedule.hour} * * *`, schedule.timeZone, after);
}
