import { platformException } from '../values/exception.ts';

const DAY_NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTH_NAMES = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAY = 86_400_000;
/** System.schedule is documented for years from 1970 to 2099, and takes later ones, which packages use for "never". */
const LAST_YEAR = 2199;

/** Says whether a value of a field (for days, the whole date) is one that the expression names. */
type Fits<T = number> = (value: T) => boolean;

interface Schedule {
  readonly second: number;
  readonly minute: Fits;
  readonly hour: Fits;
  readonly day: Fits<Date>;
  readonly month: Fits;
  readonly weekday: Fits<Date>;
  readonly year: Fits;
}

/** The next time after `after` that an expression of System.schedule names: seconds minutes hours day month weekday [year]. UTC. */
export function nextRun(expression: string, after: number): number {
  const schedule = parse(expression);
  for (let day = Math.floor(after / DAY) * DAY; ; day += DAY) {
    const date = new Date(day);
    if (date.getUTCFullYear() > LAST_YEAR) return neverFires();
    const isFit =
      schedule.year(date.getUTCFullYear()) &&
      schedule.month(date.getUTCMonth() + 1) &&
      schedule.day(date) &&
      schedule.weekday(date);
    const time = isFit ? timeOfDay(schedule, day, after) : null;
    if (time !== null) return time;
  }
}

function neverFires(): never {
  throw platformException(
    'System.AsyncException',
    'Based on configured schedule, the given trigger will never fire.',
  );
}

function timeOfDay(schedule: Schedule, day: number, after: number): number | null {
  for (let minute = 0; minute < 24 * 60; minute++) {
    const time = day + minute * 60_000 + schedule.second * 1000;
    if (time > after && schedule.hour(Math.floor(minute / 60)) && schedule.minute(minute % 60)) return time;
  }
  return null;
}

function parse(expression: string): Schedule {
  const parts = expression.trim().split(/\s+/);
  const refuse = (): never => {
    throw platformException('System.StringException', `Illegal cron expression format (${expression})`);
  };
  if (parts.length < 6 || parts.length > 7) refuse();
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = '', year = '*'] = parts;
  // One of the two says nothing: `?`.
  if ((day === '?') === (weekday === '?')) {
    throw platformException(
      'System.StringException',
      day === '?'
        ? "'?' can only be specified for Day-of-Month -OR- Day-of-Week."
        : 'Support for specifying both a day-of-week AND a day-of-month parameter is not implemented.',
    );
  }
  // Seconds and minutes take no special characters. (Apex Developer Guide, Apex Scheduler.)
  if (!/^\d{1,2}$/.test(second) || !/^\d{1,2}$/.test(minute)) {
    throw platformException(
      'System.StringException',
      `Seconds and minutes must be specified as integers: ${expression}`,
    );
  }
  return {
    second: Number(second),
    minute: numbers(minute, 0, 59, [], refuse),
    hour: numbers(hour, 0, 23, [], refuse),
    day: daysOfMonth(day, refuse),
    month: numbers(month, 1, 12, MONTH_NAMES, refuse),
    weekday: daysOfWeek(weekday, refuse),
    year: numbers(year, 1970, LAST_YEAR, [], refuse),
  };
}

/** `*`, `5`, `1-5`, `0/15`, `MON,WED`. */
function numbers(
  text: string,
  from: number,
  to: number,
  names: readonly string[],
  refuse: () => never,
): Fits {
  if (text === '*' || text === '?') return () => true;
  const number = (part: string): number => {
    const named = names.indexOf(part.toUpperCase());
    const value = named >= 0 ? named + 1 : /^\d+$/.test(part) ? Number(part) : NaN;
    return value >= from && value <= to ? value : refuse();
  };
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const [start = from, end] = range === '*' ? [from, to] : range.split('-').map(number);
    const last = end ?? (step === undefined ? start : to);
    const width = step === undefined ? 1 : Number(step);
    if (!(width >= 1)) refuse();
    for (let value = start; value <= last; value += width) values.add(value);
  }
  return (value) => values.has(value);
}

function lastDayOf(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** Besides numbers: `L` the last day, `LW` the last weekday, `15W` the weekday nearest to the 15th. */
function daysOfMonth(text: string, refuse: () => never): Fits<Date> {
  const nearest = /^(L|\d{1,2})W$/i.exec(text)?.[1];
  if (nearest !== undefined)
    return (date) =>
      date.getUTCDate() ===
      nearestWeekday(date, nearest.toUpperCase() === 'L' ? lastDayOf(date) : Number(nearest));
  if (text.toUpperCase() === 'L') return (date) => date.getUTCDate() === lastDayOf(date);
  const fits = numbers(text, 1, 31, [], refuse);
  return (date) => fits(date.getUTCDate());
}

/** A Saturday moves to the Friday before, a Sunday to the Monday after, never into another month. */
function nearestWeekday(date: Date, day: number): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? day + 2 : day - 1;
  if (weekday === 0) return day === lastDayOf(date) ? day - 2 : day + 1;
  return day;
}

/** Besides numbers and names (1 is Sunday): `6L` the last Friday of the month, `6#3` its third. */
function daysOfWeek(text: string, refuse: () => never): Fits<Date> {
  const special = /^(\w+?)(L|#([1-5]))$/i.exec(text);
  const named = special ? numbers(special[1] ?? '', 1, 7, DAY_NAMES, refuse) : null;
  if (special && named) {
    const [, , , nth] = special;
    return (date) =>
      named(date.getUTCDay() + 1) &&
      (nth === undefined
        ? date.getUTCDate() + 7 > lastDayOf(date)
        : Math.ceil(date.getUTCDate() / 7) === Number(nth));
  }
  const fits =
    text.toUpperCase() === 'L' ? (value: number) => value === 7 : numbers(text, 1, 7, DAY_NAMES, refuse);
  return (date) => fits(date.getUTCDay() + 1);
}
