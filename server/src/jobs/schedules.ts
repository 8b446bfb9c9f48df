import { Cron } from 'croner';

/** Whether it names a time zone of the IANA database. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The next moment of a cron expression, by the clock of its time zone; null where there is none. */
export function nextMoment(cron: string, timeZone: string, after: Date): Date | null {
  return new Cron(cron, { timezone: timeZone }).nextRun(after);
}
