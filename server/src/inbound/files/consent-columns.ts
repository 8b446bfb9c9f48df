import type { Knex } from 'knex';
import type { ConsentKeys } from '../../consent/consent-keys.ts';
import { askedOf } from '../../consent/consent-changes.ts';
import { addressField, findContacts, type Contacts } from '../../consent/contacts.ts';
import { currentMoment, readOccurredAt } from '../../consent/moments.ts';
import type { OptIn } from '../../consent/opt-ins.ts';
import type { ConsentAct } from '../../consent/consent-act.ts';
import { recordConsent } from '../../consent/record-consent.ts';
import { knexSession } from '../../database/session.ts';
import { unprocessable } from '../../http/problem.ts';
import { identifyIn, type RecordKey } from '../../people/record-identities.ts';
import { keyValue } from '../../people/record-keys.ts';
import { CONTACTS } from '../../projects/tables.ts';
import { rejected, type Rejected } from '../rows/read-row.ts';
import type { WrittenRow } from '../rows/write-rows.ts';
import type { WrittenTable } from '../rows/written-table.ts';
import { NO, textFor, textOfCell, YES } from '../../values/interpret-cells.ts';
import { readMomentIn } from '../../values/dates.ts';
import type { FoundFile, ImportSettings } from './import-settings.ts';
import type { Import } from './imports.ts';
import { checkDates, type TableReader } from './rows-of-file.ts';

/** What a row says of one opt-in. */
export interface SaidConsent {
  readonly optIn: OptIn;
  readonly heading: string;
  readonly status: 'granted' | 'withdrawn';
  /** When the person did it, ISO 8601; null where the file does not tell. */
  readonly occurredAt: string | null;
}

/** What the rows of a file say of consent, or why one cannot be read: nobody is opted in or out by a guess. */
export type ConsentReader = (cells: readonly string[], now: Date) => readonly SaidConsent[] | Rejected;

interface ConsentColumn {
  readonly place: number;
  readonly datePlace: number | null;
  readonly heading: string;
  readonly optIn: OptIn;
  readonly granted: ReadonlySet<string>;
  readonly withdrawn: ReadonlySet<string>;
}

/** Compiles the settings of an import that speak of consent. Throws 422 problems that say what does not fit. */
export function consentReader(
  table: Pick<WrittenTable, 'code'>,
  optIns: readonly OptIn[],
  found: FoundFile,
  settings: ImportSettings,
): ConsentReader {
  const wanted = settings.consents ?? [];
  if (table.code !== CONTACTS) refuseConsents(table.code, settings);
  const columns = wanted.map((column) => compile(column, optIns, found, settings));
  const twice = columns.find(({ optIn }, place) => columns.findIndex((each) => each.optIn === optIn) < place);
  if (twice) throw unprocessable('column-mapped-twice', `Two columns speak of ${twice.optIn.code}.`);
  return (cells, now) => {
    const said: SaidConsent[] = [];
    for (const column of columns) {
      const one = read(column, settings, cells, now);
      if (one === null) continue;
      if ('outcome' in one) return one;
      said.push(one);
    }
    return said;
  };
}

/** Throws a 422 problem for a file that tells of consent and goes where no contacts are kept. */
export function refuseConsents(target: string, { consents = [] }: ImportSettings): void {
  if (consents.length > 0)
    throw unprocessable(
      'consent-of-contacts',
      `Consent is of a project’s contacts; ${target} holds none. Leave the columns of consent out.`,
    );
}

type ConsentSetting = NonNullable<ImportSettings['consents']>[number];

function compile(
  { heading, optIn: code, grantedWhen, withdrawnWhen, date }: ConsentSetting,
  optIns: readonly OptIn[],
  found: FoundFile,
  settings: ImportSettings,
): ConsentColumn {
  for (const each of [heading, ...(date === undefined ? [] : [date])])
    if (!found.headings.includes(each))
      throw unprocessable('unknown-heading', `The file has no column ${each}.`);
  const optIn = optIns.find((each) => each.code === code);
  if (!optIn) throw unprocessable('unknown-opt-in', `There is no opt-in ${code} in this project.`);
  if (date !== undefined) checkDates(found, settings, date);
  const granted = new Set(grantedWhen?.map(plain) ?? YES);
  const withdrawn = new Set(withdrawnWhen?.map(plain) ?? NO);
  const both = [...granted].find((word) => withdrawn.has(word));
  if (both !== undefined)
    throw unprocessable('consent-both-ways', `${both} of ${heading} means both: opted in, and opted out.`);
  const datePlace = date === undefined ? null : found.headings.indexOf(date);
  return { place: found.headings.indexOf(heading), datePlace, heading, optIn, granted, withdrawn };
}

const plain = (text: string): string => text.trim().toLowerCase();

function read(
  { place, datePlace, heading, optIn, granted, withdrawn }: ConsentColumn,
  { dates, timeZone }: ImportSettings,
  cells: readonly string[],
  now: Date,
): SaidConsent | Rejected | null {
  const text = textOfCell(cells[place] ?? '');
  if (text === '') return null;
  const word = plain(text);
  const status = granted.has(word) ? 'granted' : withdrawn.has(word) ? 'withdrawn' : null;
  if (status === null)
    return rejected(
      'unknown-consent',
      heading,
      `${text.slice(0, 100)} is not among the values that mean opted in or out of ${optIn.code}.`,
    );
  const day = datePlace === null ? '' : textFor('moment', cells[datePlace] ?? '');
  if (day === '') return { optIn, heading, status, occurredAt: null };
  const moment = readMomentIn(day, dates ?? 'iso', timeZone);
  const occurredAt = moment === null ? null : readOccurredAt(moment, now);
  if (occurredAt instanceof Date) return { optIn, heading, status, occurredAt: occurredAt.toISOString() };
  return occurredAt === null
    ? rejected(
        'invalid-moment',
        heading,
        `${day.slice(0, 40)} is no date on which ${optIn.code} was answered.`,
      )
    : rejected(occurredAt.code, heading, occurredAt.message);
}

/** A row that speaks of consent. */
export interface ConsentRow {
  readonly line: number;
  readonly values: WrittenRow;
  readonly said: readonly SaidConsent[];
  /** The table did not take the row: an opt-out counts all the same, an opt-in does not. */
  readonly isRejected: boolean;
}

/**
 * Records what rows say of consent, by the rules of consent: a list never raises what a person withdrew. What changes
 * nothing leaves no trace, so that the same file can come again. Call it in the transaction of the rows, after them.
 */
export async function recordRows(
  transaction: Knex,
  given: Import,
  reader: TableReader,
  keys: ConsentKeys,
  rows: readonly ConsentRow[],
): Promise<void> {
  const session = knexSession(transaction);
  const now = await currentMoment(session);
  const counted = rows
    .map((row) => ({
      ...row,
      key: keyOf(reader, row.values),
      said: row.said.filter(({ status }) => status === 'withdrawn' || !row.isRejected),
    }))
    .filter(({ said }) => said.length > 0);
  const people = counted.map(({ key }) => key);
  const identities = await identifyIn(session, reader.table.id, people);
  const known = await findContacts(transaction, contactsOf(reader), people);
  const acts: ConsentAct[] = [];
  for (const [place, { key, line, said }] of counted.entries()) {
    const address = known[place]?.address ?? null;
    const person = {
      identityId: identities[place] ?? '',
      recordKey: key,
      addressHash: address === null ? null : await keys.hashAddress(session, address),
    };
    for (const one of said) acts.push({ ...person, ...actOf(given, one, line, now) });
  }
  await recordConsent(session, given.projectId, acts, { changesOnly: true });
}

function contactsOf({ table }: TableReader): Contacts {
  const primaryKey = table.key.map((field) => field.name);
  return {
    tableId: table.id,
    table: table.name,
    key: table.key,
    address: addressField({ primaryKey, fields: table.fields }),
  };
}

function keyOf({ table, columns }: TableReader, values: WrittenRow): RecordKey {
  return Object.fromEntries(
    table.key.map((field) => {
      const value = values[columns.indexOf(field)];
      if (value == null) throw new Error(`A row without ${field.name} was read.`);
      return [field.name, keyValue(field, value)];
    }),
  );
}

function actOf(
  { id, name, actor }: Import,
  { optIn, heading, status, occurredAt }: SaidConsent,
  line: number,
  now: Date,
): Omit<ConsentAct, 'identityId' | 'recordKey' | 'addressHash'> {
  const moment = occurredAt === null ? now : new Date(occurredAt);
  return {
    optInId: optIn.id,
    ...askedOf(optIn, status, moment),
    source: 'import',
    actor: actor ?? { kind: 'system', id: null, name: 'DI Connect' },
    occurredAt: moment,
    reference: null,
    proof: { import: id, file: name, line, column: heading },
    note: null,
  };
}
