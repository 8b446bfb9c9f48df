import { isStorable } from '../database/storable.ts';
import { createHash } from 'node:crypto';
import { unprocessable } from '../http/problem.ts';
import { Refusal } from '../ingest/coerce.ts';
import { givenValue } from '../records/given-value.ts';
import type { RecordKey } from '../records/record-identities.ts';
import { readKey } from '../records/record-keys.ts';
import type { Contacts } from './contacts.ts';
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
  readonly optIns: readonly OptIn[];
  /** For lines that name none; null for all opt-ins. */
  readonly optIn: OptIn | null;
}

/** Throws a 422 problem for a header that names no person, or what is not known. */
export function checkHeader(contacts: Contacts, header: readonly string[]): string[] {
  const key = contacts.key.map((field) => field.name);
  const known = ['address', ...key, ...OPTIONAL];
  const unknown = header.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw unprocessable('unknown-column', `The header names ${unknown}; columns are ${known.join(', ')}.`);
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw unprocessable('unknown-column', `The header names ${twice} twice.`);
  if (!header.includes('address') && !key.every((name) => header.includes(name)))
    throw unprocessable('key-missing', `The header has neither address nor ${key.join(' and ')}.`);
  if (header.includes('address') && contacts.address === null)
    throw unprocessable('no-address', 'The contacts table has no field of type email: name the primary key.');
  return [...header];
}

/** What a line asks for, or why it cannot be. */
export function readLine(
  { contacts, optIns, optIn }: LineContext,
  { line, values }: Line,
  now: Date,
): OptOut | Refusal {
  if (!Object.values(values).every(isStorable))
    return new Refusal('invalid-character', 'The line holds a NUL or half a character.');
  const named = values.optIn ?? '';
  const wanted = named === '' ? optIn : optIns.find((each) => each.code === named);
  if (wanted === undefined)
    return new Refusal('unknown-opt-in', `There is no opt-in ${named} in this project.`);
  const occurredAt = (values.date ?? '') === '' ? now : readOccurredAt(momentOf(values.date ?? ''), now);
  if (!(occurredAt instanceof Date)) return new Refusal(occurredAt.code, occurredAt.message);
  const key = keyOf(contacts, values);
  if (key instanceof Refusal) return key;
  return {
    line,
    key,
    address: (values.address ?? '') === '' ? null : (values.address ?? null),
    optIns: wanted === null ? optIns : [wanted],
    occurredAt,
    reason: (values.reason ?? '') === '' ? null : (values.reason ?? '').slice(0, 2000),
    digest: (values.date ?? '') === '' ? null : digestOf(values),
  };
}

function digestOf(values: Line['values']): string {
  const ordered = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url');
}

/** A date alone is its first moment. */
function momentOf(text: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00.000Z` : text;
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
