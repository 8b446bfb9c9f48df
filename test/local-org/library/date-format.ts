import { pad } from '../values/dates.ts';
import { throwPlatform } from '../values/exception.ts';

const DAY = 86_400_000;

/** Milliseconds that a zone is ahead of UTC at a moment. */
export function zoneOffset(zone: string, time: number): number {
  if (zone === 'GMT' || zone === 'UTC') return 0;
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(time);
  const part = (name: string) => Number(parts.find((each) => each.type === name)?.value ?? 0);
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) -
    Math.floor(time / 1000) * 1000
  );
}

/** `Pacific Standard Time` or `PST`, as it is called at a moment. */
export function zoneName(id: string, length: 'long' | 'short', time: number): string {
  if (id === 'GMT' && length === 'long') return 'Greenwich Mean Time';
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: id, timeZoneName: length }).formatToParts(time);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? id;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Days since 1970 of the first day of the first week, which holds 1 January and starts on a Sunday. */
function firstWeek(year: number): number {
  const first = Math.floor(Date.UTC(year, 0, 1) / DAY);
  return first - new Date(first * DAY).getUTCDay();
}

/** The week's year and its number in it, as Java counts for the United States. */
function weekOf(wall: Date): { year: number; week: number } {
  const day = Math.floor(wall.getTime() / DAY);
  const year =
    day >= firstWeek(wall.getUTCFullYear() + 1) ? wall.getUTCFullYear() + 1 : wall.getUTCFullYear();
  return { year, week: Math.floor((day - firstWeek(year)) / 7) + 1 };
}

interface Moment {
  /** The time on the clock of the zone, as if it were UTC. */
  readonly wall: Date;
  readonly offset: number;
  readonly zoneName: string;
}

const yearText = (year: number, size: number): string => (size === 2 ? pad(year % 100) : pad(year, size));
const nameText = (name: string, size: number): string => (size >= 4 ? name : name.slice(0, 3));

/** What each letter of a pattern stands for. (Java, SimpleDateFormat.) */
const LETTERS: Readonly<Record<string, (moment: Moment, size: number) => string>> = {
  G: () => 'AD',
  y: ({ wall }, size) => yearText(wall.getUTCFullYear(), size),
  Y: ({ wall }, size) => yearText(weekOf(wall).year, size),
  M: ({ wall }, size) => monthText(wall, size),
  L: ({ wall }, size) => monthText(wall, size),
  w: ({ wall }, size) => pad(weekOf(wall).week, size),
  W: ({ wall }, size) => {
    const first = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), 1)).getUTCDay();
    return pad(Math.floor((wall.getUTCDate() - 1 + first) / 7) + 1, size);
  },
  D: ({ wall }, size) =>
    pad(Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0, 1)) / DAY) + 1, size),
  d: ({ wall }, size) => pad(wall.getUTCDate(), size),
  F: ({ wall }, size) => pad(Math.floor((wall.getUTCDate() - 1) / 7) + 1, size),
  E: ({ wall }, size) => nameText(DAYS[wall.getUTCDay()] ?? '', size),
  u: ({ wall }, size) => pad(wall.getUTCDay() === 0 ? 7 : wall.getUTCDay(), size),
  a: ({ wall }) => (wall.getUTCHours() < 12 ? 'AM' : 'PM'),
  H: ({ wall }, size) => pad(wall.getUTCHours(), size),
  k: ({ wall }, size) => pad(wall.getUTCHours() === 0 ? 24 : wall.getUTCHours(), size),
  K: ({ wall }, size) => pad(wall.getUTCHours() % 12, size),
  h: ({ wall }, size) => pad(wall.getUTCHours() % 12 === 0 ? 12 : wall.getUTCHours() % 12, size),
  m: ({ wall }, size) => pad(wall.getUTCMinutes(), size),
  s: ({ wall }, size) => pad(wall.getUTCSeconds(), size),
  S: ({ wall }, size) => pad(wall.getUTCMilliseconds(), size),
  z: ({ wall, offset, zoneName: id }, size) =>
    zoneName(id, size >= 4 ? 'long' : 'short', wall.getTime() - offset),
  Z: ({ offset }) => offsetText(offset, ''),
  X: ({ offset }, size) =>
    offset === 0
      ? 'Z'
      : size === 1
        ? offsetText(offset, '').slice(0, 3)
        : offsetText(offset, size >= 3 ? ':' : ''),
};

function monthText(wall: Date, size: number): string {
  return size >= 3 ? nameText(MONTHS[wall.getUTCMonth()] ?? '', size) : pad(wall.getUTCMonth() + 1, size);
}

/** A moment by a pattern of Java's SimpleDateFormat. */
export function formatWith(pattern: string, wall: Date, offset: number, zone: string): string {
  return pattern.replace(
    /'((?:[^']|'')*)'|([a-zA-Z])\2*/g,
    (token, quoted: string | undefined, letter: string | undefined) => {
      if (quoted !== undefined) return quoted === '' ? "'" : quoted.replace(/''/g, "'");
      const write = LETTERS[letter ?? ''];
      if (!write)
        throwPlatform('System.IllegalArgumentException', `Illegal pattern character '${letter ?? ''}'`);
      return write({ wall, offset, zoneName: zone }, token.length);
    },
  );
}

function offsetText(offset: number, separator: string): string {
  const minutes = Math.abs(Math.round(offset / 60_000));
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}${separator}${pad(minutes % 60)}`;
}
