import { ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { current } from '../execution/transaction.ts';
import { formatWith, zoneOffset } from './date-format.ts';
import { platformClass } from './registry.ts';

const DAY = 86_400_000;

const zone = (): string => current().user.timeZone;
const local = (value: ApexDatetime): Date => new Date(value.time + zoneOffset(zone(), value.time));
/** A wall-clock time of the user's zone as a moment. */
const fromLocal = (wall: number): ApexDatetime =>
  new ApexDatetime(wall - zoneOffset(zone(), wall - zoneOffset(zone(), wall)));

function dateOf(text: string): ApexDate {
  const found = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  if (!found) throwPlatform('System.TypeException', `Invalid date: ${text}`);
  return ApexDate.of(Number(found[1]), Number(found[2]), Number(found[3]));
}

function datetimeOf(text: string): number {
  const found = /^\s*(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{2}):(\d{2})/.exec(text);
  if (!found) throwPlatform('System.TypeException', `Invalid date/time: ${text}`);
  const [, year, month, day, hour, minute, second] = found.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

/** `10/14/2011, 11:46 AM`, as a user in the United States writes a moment. */
function parsedDatetime(text: string): number {
  const found = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AP]M)?\s*$/i.exec(
    text,
  );
  if (!found) throwPlatform('System.TypeException', `Invalid date/time: ${text}`);
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0] = found.slice(1, 6).map(Number);
  const half = found[7]?.toUpperCase();
  const hours = half === undefined ? hour : (hour % 12) + (half === 'PM' ? 12 : 0);
  return Date.UTC(year, month - 1, day, hours, minute, Number(found[6] ?? 0));
}

const dayOfYear = (wall: Date): number =>
  Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0, 1)) / DAY) + 1;

function addMonths(date: Date, months: number): number {
  const day = date.getUTCDate();
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return first.getTime() + (Math.min(day, last) - 1) * DAY + (date.getTime() % DAY);
}

const sunday = (date: ApexDate): ApexDate => new ApexDate(date.days - date.utc.getUTCDay());

platformClass({
  name: 'System.Date',
  statics: {
    'today/0': () => new ApexDatetime(current().now() + zoneOffset(zone(), current().now())).date(),
    'newInstance/3': (year: number, month: number, day: number) => ApexDate.of(year, month, day),
    'valueOf/1': (value: ApexValue) =>
      value === null
        ? throwNull()
        : value instanceof ApexDatetime
          ? value.date()
          : value instanceof ApexDate
            ? value
            : dateOf(String(value)),
    'parse/1': (text: string) => {
      const found = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
      if (!found) throwPlatform('System.TypeException', `Invalid date: ${text}`);
      return ApexDate.of(Number(found[3]), Number(found[1]), Number(found[2]));
    },
    'daysInMonth/2': (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate(),
    'isLeapYear/1': (year: number) => new Date(Date.UTC(year, 2, 0)).getUTCDate() === 29,
  },
  methods: {
    'addDays/1': (date: ApexDate, days: number) => new ApexDate(date.days + days),
    'addMonths/1': (date: ApexDate, months: number) =>
      new ApexDate(Math.floor(addMonths(date.utc, months) / DAY)),
    'addYears/1': (date: ApexDate, years: number) =>
      new ApexDate(Math.floor(addMonths(date.utc, years * 12) / DAY)),
    'day/0': (date: ApexDate) => date.utc.getUTCDate(),
    'month/0': (date: ApexDate) => date.utc.getUTCMonth() + 1,
    'year/0': (date: ApexDate) => date.utc.getUTCFullYear(),
    'dayOfYear/0': (date: ApexDate) => date.days - ApexDate.of(date.utc.getUTCFullYear(), 1, 1).days + 1,
    'daysBetween/1': (date: ApexDate, other: ApexDate | null) => (other ?? throwNull()).days - date.days,
    'monthsBetween/1': (date: ApexDate, other: ApexDate) =>
      (other.utc.getUTCFullYear() - date.utc.getUTCFullYear()) * 12 +
      other.utc.getUTCMonth() -
      date.utc.getUTCMonth(),
    'isSameDay/1': (date: ApexDate, other: ApexDate) => date.days === other.days,
    'toStartOfMonth/0': (date: ApexDate) =>
      ApexDate.of(date.utc.getUTCFullYear(), date.utc.getUTCMonth() + 1, 1),
    'toStartOfWeek/0': sunday,
    'format/0': (date: ApexDate) =>
      `${date.utc.getUTCMonth() + 1}/${date.utc.getUTCDate()}/${date.utc.getUTCFullYear()}`,
  },
});

const gmt = (wall: number): ApexDatetime => new ApexDatetime(wall);
const parts = (year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number =>
  Date.UTC(year, month - 1, day, hour, minute, second);

platformClass({
  name: 'System.Datetime',
  statics: {
    'now/0': () => new ApexDatetime(current().now()),
    'newInstance(System.Long)': (time: bigint) => new ApexDatetime(Number(time)),
    'newInstance(System.Date,System.Time)': (date: ApexDate, time: ApexTime) =>
      fromLocal(date.days * DAY + time.milliseconds),
    'newInstance/3': (...all: [number, number, number]) => fromLocal(parts(...all)),
    'newInstance/6': (...all: [number, number, number, number, number, number]) => fromLocal(parts(...all)),
    'newInstanceGmt(System.Date,System.Time)': (date: ApexDate, time: ApexTime) =>
      gmt(date.days * DAY + time.milliseconds),
    'newInstanceGmt/3': (...all: [number, number, number]) => gmt(parts(...all)),
    'newInstanceGmt/6': (...all: [number, number, number, number, number, number]) => gmt(parts(...all)),
    'valueOf/1': (value: ApexValue) =>
      value instanceof ApexDatetime
        ? value
        : value instanceof ApexDate
          ? new ApexDatetime(value.days * DAY)
          : // A number in an Object counts milliseconds.
            typeof value === 'bigint' || typeof value === 'number'
            ? new ApexDatetime(Number(value))
            : fromLocal(datetimeOf(String(value ?? throwNull()))),
    'parse/1': (text: string | null) => fromLocal(parsedDatetime(text ?? throwNull())),
    'valueOfGmt/1': (text: string) => gmt(datetimeOf(text)),
  },
  methods: {
    'getTime/0': (value: ApexDatetime) => BigInt(value.time),
    'addSeconds/1': (value: ApexDatetime, count: number) => new ApexDatetime(value.time + count * 1000),
    'addMinutes/1': (value: ApexDatetime, count: number) => new ApexDatetime(value.time + count * 60_000),
    'addHours/1': (value: ApexDatetime, count: number) => new ApexDatetime(value.time + count * 3_600_000),
    'addDays/1': (value: ApexDatetime, count: number) => new ApexDatetime(value.time + count * DAY),
    'addMonths/1': (value: ApexDatetime, count: number) =>
      new ApexDatetime(addMonths(new Date(value.time), count)),
    'addYears/1': (value: ApexDatetime, count: number) =>
      new ApexDatetime(addMonths(new Date(value.time), count * 12)),
    'date/0': (value: ApexDatetime) => new ApexDatetime(local(value).getTime()).date(),
    'dateGmt/0': (value: ApexDatetime) => value.date(),
    'time/0': (value: ApexDatetime) => new ApexTime(local(value).getTime() % DAY),
    'timeGmt/0': (value: ApexDatetime) => new ApexTime(value.time % DAY),
    'year/0': (value: ApexDatetime) => local(value).getUTCFullYear(),
    'yearGmt/0': (value: ApexDatetime) => new Date(value.time).getUTCFullYear(),
    'month/0': (value: ApexDatetime) => local(value).getUTCMonth() + 1,
    'monthGmt/0': (value: ApexDatetime) => new Date(value.time).getUTCMonth() + 1,
    'day/0': (value: ApexDatetime) => local(value).getUTCDate(),
    'dayGmt/0': (value: ApexDatetime) => new Date(value.time).getUTCDate(),
    'hour/0': (value: ApexDatetime) => local(value).getUTCHours(),
    'hourGmt/0': (value: ApexDatetime) => new Date(value.time).getUTCHours(),
    'minute/0': (value: ApexDatetime) => local(value).getUTCMinutes(),
    'minuteGmt/0': (value: ApexDatetime) => new Date(value.time).getUTCMinutes(),
    'second/0': (value: ApexDatetime) => new Date(value.time).getUTCSeconds(),
    'secondGmt/0': (value: ApexDatetime) => new Date(value.time).getUTCSeconds(),
    'millisecond/0': (value: ApexDatetime) => new Date(value.time).getUTCMilliseconds(),
    'millisecondGmt/0': (value: ApexDatetime) => new Date(value.time).getUTCMilliseconds(),
    'dayOfYear/0': (value: ApexDatetime) => dayOfYear(local(value)),
    'dayOfYearGmt/0': (value: ApexDatetime) => dayOfYear(new Date(value.time)),
    'isSameDay/1': (value: ApexDatetime, other: ApexDatetime) => value.date().days === other.date().days,
    'format/0': (value: ApexDatetime) =>
      formatWith('M/d/yyyy, h:mm a', local(value), zoneOffset(zone(), value.time), zone()),
    'format/1': (value: ApexDatetime, pattern: string) =>
      formatWith(pattern, local(value), zoneOffset(zone(), value.time), zone()),
    'format/2': (value: ApexDatetime, pattern: string, named: string) =>
      formatWith(
        pattern,
        new Date(value.time + zoneOffset(named, value.time)),
        zoneOffset(named, value.time),
        named,
      ),
    'formatGmt/1': (value: ApexDatetime, pattern: string) =>
      formatWith(pattern, new Date(value.time), 0, 'GMT'),
    'formatLong/0': (value: ApexDatetime) =>
      formatWith('M/d/yyyy, h:mm:ss a z', local(value), zoneOffset(zone(), value.time), zone()),
  },
});

platformClass({
  name: 'System.Time',
  statics: {
    'newInstance/4': (hour: number, minute: number, second: number, millisecond: number) =>
      new ApexTime(hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond),
  },
  methods: {
    'hour/0': (time: ApexTime) => Math.floor(time.milliseconds / 3_600_000),
    'minute/0': (time: ApexTime) => Math.floor(time.milliseconds / 60_000) % 60,
    'second/0': (time: ApexTime) => Math.floor(time.milliseconds / 1000) % 60,
    'millisecond/0': (time: ApexTime) => time.milliseconds % 1000,
    'addHours/1': (time: ApexTime, count: number) => new ApexTime(time.milliseconds + count * 3_600_000),
    'addMinutes/1': (time: ApexTime, count: number) => new ApexTime(time.milliseconds + count * 60_000),
    'addSeconds/1': (time: ApexTime, count: number) => new ApexTime(time.milliseconds + count * 1000),
    'addMilliseconds/1': (time: ApexTime, count: number) => new ApexTime(time.milliseconds + count),
  },
});
