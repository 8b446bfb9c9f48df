import { platformException } from '../values/exception.ts';

const DAY_NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTH_NAMES = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** The values a field of a cron expression allows; `null` for any. */
function allowed(
  text: string,
  from: number,
  to: number,
  names: readonly string[] = [],
): ReadonlySet<number> | null {
  if (text === '*' || text === '?') return null;
  const number = (part: string): number => {
    const named = names.indexOf(part.toUpperCase());
    return named >= 0 ? named + 1 : Number(part);
  };
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const [start, end] = range === '*' ? [from, to] : range.split('-').map(number);
    const last = end ?? (step === undefined ? start : to);
    for (let value = start ?? from; value <= (last ?? to); value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

/** The next time after `after` that an expression of System.schedule names: seconds minutes hours day month weekday [year]. UTC. */
export function nextRun(expression: string, after: number): number {
  const parts = expression.trim().split(/\s+/);
  if (parts.length < 6 || parts.length > 7)
    throw platformException('System.StringException', `Invalid cron expression: ${expression}`);
  const [second = '0', minute = '0', hour = '0', day = '*', month = '*', weekday = '?'] = parts;
  const fields = {
    second: Number(second),
    minutes: allowed(minute, 0, 59),
    hours: allowed(hour, 0, 23),
    days: day === 'L' ? null : allowed(day, 1, 31),
    months: allowed(month, 1, 12, MONTH_NAMES),
    weekdays: allowed(weekday, 1, 7, DAY_NAMES),
  };
  const fits = (set: ReadonlySet<number> | null, value: number): boolean => set === null || set.has(value);
  // Minute by minute over at most two years: expressions here name at least one time a year.
  const start = Math.floor(after / 60_000) * 60_000 + fields.second * 1000;
  for (let time = start; time < after + 2 * 366 * 86_400_000; time += 60_000) {
    const date = new Date(time);
    const isFit =
      time > after &&
      fits(fields.minutes, date.getUTCMinutes()) &&
      fits(fields.hours, date.getUTCHours()) &&
      fits(fields.days, date.getUTCDate()) &&
      fits(fields.months, date.getUTCMonth() + 1) &&
      fits(fields.weekdays, date.getUTCDay() + 1);
    if (isFit) return time;
  }
  throw platformException(
    'System.AsyncException',
    'Based on configured schedule, the given trigger will never fire.',
  );
}
