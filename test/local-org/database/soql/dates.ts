const DAY = 86_400_000;

/** From (inclusive) and to (exclusive), in milliseconds of UTC. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/**
 * The period a date literal means: `TODAY`, `LAST_N_DAYS:7`, `THIS_FISCAL_QUARTER`. Weeks start on Sunday, the fiscal
 * year in January. (SOQL and SOSL Reference, Date Formats and Date Literals.) Undefined for a literal there is not.
 */
export function periodOf(name: string, count: number | null, now: number): Period | undefined {
  if (name === 'YESTERDAY') return unitPeriod('DAY', -1, now);
  if (name === 'TODAY') return unitPeriod('DAY', 0, now);
  if (name === 'TOMORROW') return unitPeriod('DAY', 1, now);
  if (name === 'LAST_90_DAYS') return { from: startOf('DAY', -90, now), to: startOf('DAY', 1, now) };
  if (name === 'NEXT_90_DAYS') return { from: startOf('DAY', 1, now), to: startOf('DAY', 91, now) };
  const plain = /^(LAST|THIS|NEXT)_(?:FISCAL_)?(WEEK|MONTH|QUARTER|YEAR)$/.exec(name);
  if (plain)
    return unitPeriod(
      plain[2] as Unit,
      { LAST: -1, THIS: 0, NEXT: 1 }[plain[1] as 'LAST' | 'THIS' | 'NEXT'],
      now,
    );
  const counted = /^(LAST|NEXT)_N_(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S$/.exec(name);
  if (counted && count !== null) return countedPeriod(counted[1] === 'LAST', counted[2] as Unit, count, now);
  const ago = /^N_(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO$/.exec(name);
  if (ago && count !== null) return unitPeriod(ago[1] as Unit, -count, now);
  return undefined;
}

/** LAST_N_DAYS runs to the end of today; LAST_N_WEEKS and longer end where the current one starts. */
function countedPeriod(isPast: boolean, unit: Unit, count: number, now: number): Period {
  if (isPast)
    return {
      from: startOf(unit, -count, now),
      to: unit === 'DAY' ? startOf('DAY', 1, now) : startOf(unit, 0, now),
    };
  return { from: startOf(unit, 1, now), to: startOf(unit, count + 1, now) };
}

function unitPeriod(unit: Unit, offset: number, now: number): Period {
  return { from: startOf(unit, offset, now), to: startOf(unit, offset + 1, now) };
}

function startOf(unit: Unit, offset: number, now: number): number {
  const date = new Date(now);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  const day = Date.UTC(year, month, date.getUTCDate());
  switch (unit) {
    case 'DAY':
      return day + offset * DAY;
    case 'WEEK':
      return day - date.getUTCDay() * DAY + offset * 7 * DAY;
    case 'MONTH':
      return Date.UTC(year, month + offset, 1);
    case 'QUARTER':
      return Date.UTC(year, Math.floor(month / 3) * 3 + offset * 3, 1);
    case 'YEAR':
      return Date.UTC(year + offset, 0, 1);
  }
}

/** CALENDAR_YEAR(…), DAY_IN_WEEK(…) and the like, of a moment in UTC; DAY_ONLY answers days since 1970. */
export function datePart(name: string, time: number): number | undefined {
  const date = new Date(time);
  const dayOfYear =
    Math.floor(
      (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
        Date.UTC(date.getUTCFullYear(), 0, 1)) /
        DAY,
    ) + 1;
  switch (name) {
    case 'CALENDAR_YEAR':
    case 'FISCAL_YEAR':
      return date.getUTCFullYear();
    case 'CALENDAR_QUARTER':
    case 'FISCAL_QUARTER':
      return Math.floor(date.getUTCMonth() / 3) + 1;
    case 'CALENDAR_MONTH':
    case 'FISCAL_MONTH':
      return date.getUTCMonth() + 1;
    case 'DAY_IN_MONTH':
      return date.getUTCDate();
    case 'DAY_IN_WEEK':
      return date.getUTCDay() + 1;
    case 'DAY_IN_YEAR':
      return dayOfYear;
    case 'HOUR_IN_DAY':
      return date.getUTCHours();
    case 'WEEK_IN_MONTH':
      return Math.floor((date.getUTCDate() - 1) / 7) + 1;
    case 'WEEK_IN_YEAR':
      return Math.floor((dayOfYear - 1) / 7) + 1;
    default:
      return undefined;
  }
}
