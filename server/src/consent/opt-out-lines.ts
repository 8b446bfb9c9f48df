import { isStorable } from '../values/storable.ts';
import { createHash } from 'node:crypto';
import { unprocessable } from '../http/problem.ts';
import { Refusal } from '../values/check-value.ts';
import { givenValue } from '../people/given-value.ts';
import type { RecordKey } from '../people/record-identities.ts';
import { readKey } from '../people/record-keys.ts';
import type { Contacts } from './contacts.ts';
import { isNoDate, readMomentIn, type DateOrder } from '../values/dates.ts';
import { normalizedAddress } from '../values/email-address.ts';
import { kindOf, packed, plainWords } from '../values/heading-words.ts';
import { readOccurredAt } from './moments.ts';
import type { OptIn } from './opt-ins.ts';

/** A line of a file of opt-outs, as it was read. */
export interface Line {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/** A line that can be carried out, but for finding its person. */
export interface OptOut {
  readonly line: number;
  readonly address: string | null;
  /** The key as the line has it; null where it has an address only, and that is not the key. */
  readonly key: RecordKey | null;
  readonly optIns: readonly OptIn[];
  readonly occurredAt: Date;
  readonly reason: string | null;
  /** Tells a line that came before from another one; null for one without a date, which is of now each time. */
  readonly digest: string | null;
}

const OPTIONAL = ['optIn', 'date', 'reason'];

/** What the lines of a file are read with. */
export interface LineContext {
  readonly contacts: Contacts;
  /** How the file writes dates, and the zone of those that tell none. */
  readonly dates: DateOrder;
  readonly timeZone: string;
  readonly optIns: readonly OptIn[];
  /** For lines that name none; null for all opt-ins. */
  readonly optIn: OptIn | null;
}

/** The columns of a file of opt-outs by what they hold; false for those that are not read. */
export interface OptOutHeader {
  readonly columns: readonly (string | false)[];
  readonly ignored: readonly string[];
}

/**
 * Reads the header of a file: our own names, or those that list managers write. Throws a 422 problem for one that names no
 * person, or what is not known: only an export of the unsubscribed may have columns that are not read, since a list of
 * others would opt out whoever is on it.
 */
export function readHeader(contacts: Contacts, optIn: OptIn | null, header: readonly string[]): OptOutHeader {
  const key = contacts.key.map((field) => field.name);
  const known = ['address', ...key, ...OPTIONAL];
  const read = rolesOf(header, known);
  const unknown = header.filter((_name, place) => read[place] === false);
  const [first] = unknown;
  const isOfUnsubscribed = header.some((name) => UNSUBSCRIBED.test(plainWords(name)));
  const open = optIn === null ? unknown.find((name) => WHICH_LIST.has(plainWords(name))) : undefined;
  if (open !== undefined)
    throw unprocessable(
      'opt-in-missing',
      `${open} may tell what people unsubscribed from, and is not read: name the opt-in with optIn, or remove the column to withdraw them all.`,
    );
  if (first !== undefined && !isOfUnsubscribed)
    throw unprocessable('unknown-column', `The header names ${first}; columns are ${known.join(', ')}.`);
  const twice = header.find((name, place) => known.includes(name) && header.indexOf(name) !== place);
  if (twice !== undefined) throw unprocessable('unknown-column', `The header names ${twice} twice.`);
  if (!read.includes('address') && !key.every((name) => read.includes(name)))
    throw unprocessable('key-missing', `The header has neither address nor ${key.join(' and ')}.`);
  if (read.includes('address') && contacts.address === null)
    throw unprocessable('no-address', 'The contacts table has no field of type email: name the primary key.');
  return { columns: read, ignored: unknown };
}

/** What headings of list managers say: when, and why, somebody unsubscribed. */
const UNSUBSCRIBED = /^(?:unsub|unsubscribed?|opt(?:ed)? ?out|desabonn\w*|desinscri\w*)(?: |$)/;
const WHICH_LIST = new Set([
  'list',
  'list name',
  'audience',
  'audience name',
  'topic',
  'subscription',
  'newsletter',
]);
const WHEN = /(?:time|date|at|on|le)$|^unsubscribed$/;
const WHY = /(?:reason|raison|motif)$/;

function rolesOf(header: readonly string[], known: readonly string[]): (string | false)[] {
  const taken = new Set(header.filter((name) => known.includes(name)));
  return header.map((name) => {
    if (known.includes(name)) return name;
    const role = roleOf(plainWords(name));
    if (role === null || taken.has(role)) return false;
    taken.add(role);
    return role;
  });
}

function roleOf(words: string): string | null {
  if (kindOf(words) === 'email') return 'address';
  if (packed(words) === 'optin') return 'optIn';
  if (!UNSUBSCRIBED.test(words)) return null;
  if (WHY.test(words)) return 'reason';
  return WHEN.test(words) ? 'date' : null;
}

/** What a line asks for, or why it cannot be. */
export function readLine(
  { contacts, optIns, optIn, dates, timeZone }: LineContext,
  { line, values }: Line,
  now: Date,
): OptOut | Refusal {
  if (!Object.values(values).every(isStorable))
    return new Refusal('invalid-character', 'The line holds a NUL or half a character.');
  const named = values.optIn ?? '';
  const wanted = named === '' ? optIn : optIns.find((each) => each.code === named);
  if (wanted === undefined)
    return new Refusal('unknown-opt-in', `There is no opt-in ${named} in this project.`);
  const date = values.date === undefined || isNoDate(values.date) ? '' : values.date;
  const occurredAt = date === '' ? now : readOccurredAt(momentOf(date, dates, timeZone), now);
  if (!(occurredAt instanceof Date)) return new Refusal(occurredAt.code, occurredAt.message);
  const key = keyOf(contacts, values);
  if (key instanceof Refusal) return key;
  return {
    line,
    key,
    address: normalizedAddress(values.address ?? '') || null,
    optIns: wanted === null ? optIns : [wanted],
    occurredAt,
    reason: (values.reason ?? '') === '' ? null : (values.reason ?? '').slice(0, 2000),
    digest: date === '' ? null : digestOf(values),
  };
}

function digestOf(values: Line['values']): string {
  const ordered = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url');
}

/** A date alone is its first moment; what is no date at all is left to be refused. */
function momentOf(text: string, order: DateOrder, zone: string): string {
  return readMomentIn(text, order, zone) ?? text;
}

function keyOf({ key, address }: Contacts, values: Line['values']): RecordKey | null | Refusal {
  const given = Object.fromEntries(
    key.flatMap(({ name }) => {
      const value = givenValue(values, name) ?? '';
      return value === '' ? [] : [[name, value] as const];
    }),
  );
  const [only] = key;
  if (Object.keys(given).length === 0 && (values.address ?? '') !== '') {
    if (key.length !== 1 || only?.name !== address?.name) return null;
    return readKey(key, { [only?.name ?? '']: values.address });
  }
  return readKey(key, given);
}
