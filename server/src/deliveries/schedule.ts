import { Cron } from 'croner';
import type { Settings } from './integration-schema.ts';

/** The next time that a schedule opens; null for one that is always open. */
export function nextRun(schedule: Settings['schedule'], after: Date): Date | null {
  if (schedule.kind === 'at-once') return null;
  return new Cron(`0 ${schedule.hour} * * *`, { timezone: schedule.timeZone, paused: true }).nextRun(after);
}
