import { MathContext, RoundingMode } from 'bigdecimal.js';
import { compilePattern } from '../library/java-pattern.ts';
import { ApexDate, ApexDatetime, ApexTime, pad } from '../values/dates.ts';
import { to18 } from '../values/ids.ts';
import { ApexDecimal, isApexNumber, toBig, toFloat } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import { FormulaError } from './formula-syntax.ts';

const DAY = 86_400_000;

/** Blank counts as nothing in text and as zero in numbers. */
export const text = (value: ApexValue): string => {
  if (value === null) return '';
  if (value instanceof ApexDate) return value.iso;
  if (value instanceof ApexDatetime) return `${value.iso.slice(0, 19).replace('T', ' ')}Z`;
  return isApexNumber(value) ? toBig(value).stripTrailingZeros().toPlainString() : String(value);
};
export const decimal = (value: ApexValue): ApexDecimal => {
  if (value === null) return ApexDecimal.of(0);
  if (isApexNumber(value)) return new ApexDecimal(toBig(value));
  throw new FormulaError(`${text(value)} is not a number`);
};
const whole = (value: ApexValue): number => Math.trunc(toFloat(decimal(value)));
const number = (value: number): ApexDecimal => ApexDecimal.of(value);
const real = (compute: (value: number) => number) => (value: ApexValue) =>
  number(compute(toFloat(decimal(value))));
const rounded =
  (mode: RoundingMode) =>
  (value: ApexValue, scale: ApexValue = null) =>
    new ApexDecimal(decimal(value).big.setScale(whole(scale), mode));

export const moment = (value: ApexValue): number | null => {
  if (value instanceof ApexDate) return value.days * DAY;
  if (value instanceof ApexDatetime) return value.time;
  return value instanceof ApexTime ? value.milliseconds : null;
};
const part = (read: (date: Date) => number) => (value: ApexValue) => {
  const time = moment(value);
  return time === null ? null : number(read(new Date(time)));
};

function addMonths(value: ApexValue, months: ApexValue): ApexValue {
  const time = moment(value);
  if (time === null) return null;
  const date = new Date(time);
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + whole(months), 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  const moved =
    first.getTime() + (Math.min(date.getUTCDate(), last) - 1) * DAY + (((time % DAY) + DAY) % DAY);
  return value instanceof ApexDate ? new ApexDate(Math.floor(moved / DAY)) : new ApexDatetime(moved);
}

function parsedMoment(value: ApexValue): number | null {
  if (value === null || value === '') return null;
  const time = moment(value) ?? Date.parse(`${text(value).trim().replace(' ', 'T').replace(/Z?$/, '')}Z`);
  if (Number.isNaN(time)) throw new FormulaError(`${text(value)} is not a date`);
  return time;
}

const isNumeric = (value: ApexValue): boolean =>
  /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(text(value));

type FormulaFunction = (...values: ApexValue[]) => ApexValue;

/** Functions whose arguments are all worked out first. (Salesforce Help, Formula Operators and Functions.) */
export const FUNCTIONS: Readonly<Record<string, FormulaFunction>> = {
  ABS: (value = null) => new ApexDecimal(decimal(value).big.abs()),
  CEILING: (value = null) => {
    // Away from zero, where MCEILING goes towards the greater number.
    const { big } = decimal(value);
    return new ApexDecimal(big.setScale(0, RoundingMode.UP));
  },
  FLOOR: (value = null) => new ApexDecimal(decimal(value).big.setScale(0, RoundingMode.DOWN)),
  MCEILING: rounded(RoundingMode.CEILING),
  MFLOOR: rounded(RoundingMode.FLOOR),
  ROUND: rounded(RoundingMode.HALF_UP),
  TRUNC: rounded(RoundingMode.DOWN),
  EXP: real(Math.exp),
  LN: real(Math.log),
  LOG: real(Math.log10),
  SQRT: (value = null) => new ApexDecimal(decimal(value).big.sqrt(new MathContext(34))),
  MAX: (...values) =>
    values.map(decimal).reduce((most, each) => (each.big.compareTo(most.big) > 0 ? each : most)),
  MIN: (...values) =>
    values.map(decimal).reduce((least, each) => (each.big.compareTo(least.big) < 0 ? each : least)),
  MOD: (value = null, by = null) => {
    const divisor = decimal(by).big;
    const quotient = decimal(value).big.divide(divisor, 0, RoundingMode.FLOOR);
    return new ApexDecimal(decimal(value).big.subtract(quotient.multiply(divisor)));
  },
  TEXT: (value = null) => text(value),
  VALUE: (value = null) => {
    if (text(value) === '') return null;
    if (!isNumeric(value)) throw new FormulaError(`${text(value)} is not a number`);
    return ApexDecimal.of(text(value).trim());
  },
  ISNUMBER: (value = null) => isNumeric(value),
  LEN: (value = null) => number(text(value).length),
  LEFT: (value = null, size = null) => text(value).slice(0, Math.max(0, whole(size))),
  RIGHT: (value = null, size = null) => (whole(size) <= 0 ? '' : text(value).slice(-whole(size))),
  MID: (value = null, start = null, size = null) => {
    const from = Math.max(1, whole(start)) - 1;
    return text(value).slice(from, from + Math.max(0, whole(size)));
  },
  UPPER: (value = null) => text(value).toUpperCase(),
  LOWER: (value = null) => text(value).toLowerCase(),
  INITCAP: (value = null) =>
    text(value)
      .toLowerCase()
      .replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  TRIM: (value = null) => text(value).trim(),
  REVERSE: (value = null) => Array.from(text(value)).reverse().join(''),
  CONTAINS: (value = null, wanted = null) => text(value).includes(text(wanted)),
  BEGINS: (value = null, wanted = null) => text(value).startsWith(text(wanted)),
  FIND: (wanted = null, value = null, start = null) =>
    number(text(value).indexOf(text(wanted), Math.max(0, whole(start) - 1)) + 1),
  SUBSTITUTE: (value = null, old = null, by = null) =>
    text(old) === '' ? text(value) : text(value).split(text(old)).join(text(by)),
  LPAD: (value = null, size = null, filler = ' ') =>
    text(value).slice(0, whole(size)).padStart(whole(size), text(filler)),
  RPAD: (value = null, size = null, filler = ' ') =>
    text(value).slice(0, whole(size)).padEnd(whole(size), text(filler)),
  BR: () => '\n',
  ASCII: (value = null) => number(text(value).codePointAt(0) ?? 0),
  CHR: (value = null) => String.fromCodePoint(whole(value)),
  CASESAFEID: (value = null) => (text(value) === '' ? null : to18(text(value))),
  HYPERLINK: (address = null, label = null) =>
    `<a href="${text(address)}" target="_blank">${text(label)}</a>`,
  IMAGE: (address = null, label = null) => `<img src="${text(address)}" alt="${text(label)}" border="0"/>`,
  REGEX: (value = null, pattern = null) =>
    new RegExp(`(?<![^])(?:${compilePattern(text(pattern)).source})(?![^])`, 'u').test(text(value)),
  ISPICKVAL: (value = null, wanted = null) => text(value) === text(wanted),
  INCLUDES: (value = null, wanted = null) => text(value).split(';').includes(text(wanted)),
  PICKLISTCOUNT: (value = null) => number(text(value) === '' ? 0 : text(value).split(';').length),
  DATE: (year = null, month = null, day = null) => ApexDate.of(whole(year), whole(month), whole(day)),
  DATEVALUE: (value = null) => {
    const time = parsedMoment(value);
    return time === null ? null : new ApexDate(Math.floor(time / DAY));
  },
  DATETIMEVALUE: (value = null) => {
    const time = parsedMoment(value);
    return time === null ? null : new ApexDatetime(time);
  },
  TIMEVALUE: (value = null) => {
    if (value instanceof ApexDatetime) return new ApexTime(value.time);
    const found = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{3}))?)?$/.exec(text(value));
    if (!found) return null;
    const [, hour = 0, minute = 0, second = 0, rest = 0] = found.map((each: string | undefined) =>
      Number(each ?? 0),
    );
    return new ApexTime(hour * 3_600_000 + minute * 60_000 + second * 1000 + rest);
  },
  YEAR: part((date) => date.getUTCFullYear()),
  MONTH: part((date) => date.getUTCMonth() + 1),
  DAY: part((date) => date.getUTCDate()),
  HOUR: part((date) => date.getUTCHours()),
  MINUTE: part((date) => date.getUTCMinutes()),
  SECOND: part((date) => date.getUTCSeconds()),
  MILLISECOND: part((date) => date.getUTCMilliseconds()),
  WEEKDAY: part((date) => date.getUTCDay() + 1),
  DAYOFYEAR: part((date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY) + 1),
  UNIXTIMESTAMP: part((date) => Math.floor(date.getTime() / 1000)),
  FROMUNIXTIME: (value = null) => new ApexDatetime(whole(value) * 1000),
  ADDMONTHS: (value = null, months = null) => addMonths(value, months),
  FORMATDURATION: (value = null) => {
    const seconds = Math.abs(whole(value));
    return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
      .map((each) => pad(each))
      .join(':');
  },
};
