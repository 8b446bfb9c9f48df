/** How a file writes dates: year first, day first, or month first. */
export const DATE_ORDERS = ['iso', 'dmy', 'mdy'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

const NUMBERS = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})(?:[ T,]+([^ T,].*))?$/;
const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]+([^ T].*))?$/;
const CLOCK = /^(\d{1,2})[:hH](\d{2})(?::(\d{2})(\.\d{1,6})?)?(?:\s*(am|pm))?(?:\s*(Z|[+-]\d{2}:?\d{2}))?$/i;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a day of that year and month exists. */
export function isDay(year: number, month: number, day: number): boolean {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  return year >= 1 && day >= 1 && day <= last;
}

/** Midnight, as programs add it to a day. */
const MIDNIGHT = /[ T](?:0{1,2}:00(?::00(?:\.0+)?)?Z?|12:00(?::00)?\s?AM)$/i;
/** Noughts alone: `0/0/00` of Outlook, `0000-00-00` of MySQL. */
const NOUGHTS = /^0{1,4}([/.-])0{1,2}\1(?:0{1,2}|0{4})$/;
/** The first day of .NET, that of Outlook far ahead, and those that spreadsheets have for a nought. */
const FIRST_DAYS: ReadonlySet<string> = new Set([
  ...['1/1/0001', '0001/1/1', '1/1/4501', '4501/1/1'],
  ...['1/0/1900', '0/1/1900', '1900/1/0', '12/30/1899', '30/12/1899', '1899/12/30'],
]);

/** Days of a year that none of those has: nearly all. */
const USUAL_YEAR = /^(?:19(?!00)|20)\d\d-/;

/** A date of nothing, as programs write it that have no empty ones. */
export function isNoDate(text: string): boolean {
  if (USUAL_YEAR.test(text)) return false;
  const day = text.replace(MIDNIGHT, '');
  return NOUGHTS.test(day) || FIRST_DAYS.has(day.replace(/[.-]/g, '/').replace(/\b0(?=\d\b)/g, ''));
}

/** Which orders a value can have been written in. */
function ordersOf(text: string): readonly DateOrder[] {
  if (YEAR_FIRST.test(text)) return ['iso'];
  const [, one = '', two = ''] = NUMBERS.exec(text) ?? [];
  const isDay = (number: string): boolean => Number(number) >= 1 && Number(number) <= 31;
  const isMonth = (number: string): boolean => Number(number) >= 1 && Number(number) <= 12;
  return [
    ...(isDay(one) && isMonth(two) ? (['dmy'] as const) : []),
    ...(isMonth(one) && isDay(two) ? (['mdy'] as const) : []),
  ];
}

/** The order that values are written in: null where there are no dates, `ambiguous` where several orders fit. */
export function findDateOrder(values: readonly string[]): DateOrder | 'ambiguous' | null {
  const given = values.map((value) => value.trim()).filter((value) => value !== '' && !isNoDate(value));
  const possible = given.map(ordersOf);
  const dated = possible.filter((orders) => orders.length > 0);
  // A column of something else may hold a value that looks like a date.
  if (dated.length === 0 || dated.length < given.length / 2) return null;
  // A year in front is read in any order.
  const open = dated.filter((orders) => !orders.includes('iso'));
  if (open.length === 0) return 'iso';
  const fitting = DATE_ORDERS.filter((order) => open.every((orders) => orders.includes(order)));
  return fitting.length === 1 ? (fitting[0] ?? null) : 'ambiguous';
}

/** A date as the column reads it; null for what is none in that order. Dates with their year first are read in any case. */
export function readDate(text: string, order: DateOrder): string | null {
  const parts = partsOf(text, order);
  return parts && `${parts.year}-${parts.month}-${parts.day}`;
}

/**
 * A moment as the column reads it, in UTC; null for what is none in that order. Without a zone of its own it is of the
 * given one.
 * @param zone of IANA, `America/Toronto`
 */
export function readMomentIn(text: string, order: DateOrder, zone: string): string | null {
  const parts = partsOf(text, order);
  if (!parts) return null;
  const clock = CLOCK.exec(parts.rest === '' ? '00:00' : parts.rest);
  if (!clock) return null;
  const [, hours = '', minutes = '', seconds = '00', fraction = '', half, offset] = clock;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (/pm/i.test(half) ? 12 : 0);
  const time = `${String(hour).padStart(2, '0')}:${minutes}:${seconds}${fraction === '' ? '.000' : fraction}`;
  const local = `${parts.year}-${parts.month}-${parts.day}T${time}`;
  return offset === undefined ? inZone(local, zone) : `${local}${offset}`;
}

interface DateParts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly rest: string;
}

function partsOf(text: string, order: DateOrder): DateParts | null {
  const first = YEAR_FIRST.exec(text);
  if (first) {
    const [, year = '', month = '', day = '', rest = ''] = first;
    return existing({ year, month: month.padStart(2, '0'), day: day.padStart(2, '0'), rest });
  }
  const found = order === 'iso' ? null : NUMBERS.exec(text);
  if (!found) return null;
  const [, one = '', two = '', year = '', rest = ''] = found;
  const [day, month] = order === 'dmy' ? [one, two] : [two, one];
  return existing({ year, month: month.padStart(2, '0'), day: day.padStart(2, '0'), rest });
}

/** A day that there is none of, 30 February, would be counted on into March. */
function existing(parts: DateParts): DateParts | null {
  return isDay(Number(parts.year), Number(parts.month), Number(parts.day)) ? parts : null;
}

/** A moment that clocks of a zone show, in UTC. */
function inZone(local: string, zone: string): string | null {
  const shown = Date.parse(`${local.slice(0, 23)}Z`);
  if (Number.isNaN(shown)) return null;
  // The offset is asked for twice: the first answer may be that of the other side of a change of the clock.
  const guess = shown - offsetAt(shown, zone);
  return new Date(shown - offsetAt(guess, zone)).toISOString();
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that a zone's clocks are ahead of UTC. */
function offsetAt(moment: number, zone: string): number {
  const format =
    FORMATS.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  FORMATS.set(zone, format);
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const seen = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return seen - Math.floor(moment / 1000) * 1000;
}
