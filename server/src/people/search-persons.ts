import type { Knex } from 'knex';
import { databaseFailure } from '../database/failures.ts';
import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import { knexSession, type Session } from '../database/session.ts';
import { Projects, type Project } from '../projects/projects.ts';
import { CONTACTS, type BuiltTable } from '../projects/tables.ts';
import { Refusal } from '../values/check-value.ts';
import { salesforceId } from '../values/salesforce-id.ts';
import { hasKey, keyFields, keyObject, readKey } from './record-keys.ts';
import type { RecordKey } from './record-identities.ts';
import {
  addressColumns,
  filledColumns,
  nameColumns,
  nameIn,
  writtenNames,
  plainText,
  searchedWords,
  searchQuery,
  type NameColumns,
} from './searched-columns.ts';

/** A row that was found. */
export interface FoundRow {
  readonly project: string;
  readonly table: string;
  readonly key: RecordKey;
  readonly name: string | null;
  readonly address: string | null;
  readonly recordId: string | null;
  readonly isArchived: boolean;
}

export interface Found {
  readonly rows: readonly FoundRow[];
  /** Nothing was left out: neither further rows, nor tables that took too long to look through. */
  readonly isWhole: boolean;
}

/** Who searches, and which of the account's tables their role reads. */
export interface Searcher {
  readonly accountId: string;
  /** Rows of other tables than the contacts. */
  readonly mayReadRows: boolean;
}

/** Rows that are shown. */
export const MAX_FOUND = 20;
/** Rows of one table that are put in order; of more the order is that of the table. */
const MAX_ORDERED = 100;
/** Milliseconds that one table, and all of them, may take. */
const TIMEOUT_MS = { table: 1000, all: 3000 };

interface Place {
  readonly project: Project;
  readonly table: BuiltTable;
  readonly names: NameColumns;
}

/** A condition on a row `r`, and the value of its place $1. */
interface Condition {
  readonly text: string;
  readonly value: string;
}

/**
 * Finds contacts of an account's projects by words of their name or the beginning of an address, and rows of any table by their
 * primary key, where that is one column, or by the id of their record. Archived projects and tables are left out.
 */
export async function searchPersons(knex: Knex, searcher: Searcher, text: string): Promise<Found> {
  const end = Date.now() + TIMEOUT_MS.all;
  const rows: FoundRow[] = [];
  let isWhole = true;
  for (const place of await placesOf(knex, searcher)) {
    const conditions = conditionsOf(place, text.trim());
    if (conditions.length === 0) continue;
    const timeout = Math.min(TIMEOUT_MS.table, end - Date.now());
    const found =
      timeout < 1 ? null : await within(knex, timeout, (session) => read(session, place, conditions));
    if (found === null) isWhole = false;
    else rows.push(...found);
  }
  const ordered = inOrder(rows, text);
  return { rows: ordered.slice(0, MAX_FOUND), isWhole: isWhole && ordered.length <= MAX_FOUND };
}

async function placesOf(knex: Knex, { accountId, mayReadRows }: Searcher): Promise<Place[]> {
  const projects = new Projects(knex, accountId);
  const found: Omit<Place, 'names'>[] = [];
  for (const project of await projects.list())
    if (!project.isArchived)
      for (const table of await projects.builtTables(project.id))
        if (mayReadRows || table.code === CONTACTS) found.push({ project, table });
  const filled = await filledColumns(
    knexSession(knex),
    found.map(({ table }) => table.id),
  );
  return found.map((place) => ({ ...place, names: nameColumns(place.table, filled) }));
}

/** By which a row of a table is the one that is looked for. */
function conditionsOf({ table, names }: Place, text: string): Condition[] {
  const conditions: Condition[] = [];
  const words = table.code === CONTACTS ? searchedWords(table, names, 'r') : null;
  const query = searchQuery(text);
  if (words !== null && query !== null)
    conditions.push({ text: `${words} @@ $1::text::tsquery`, value: query });
  const id = salesforceId(text);
  if (id !== null) conditions.push({ text: 'r."_salesforce_id" = $1', value: id });
  const fields = keyFields(table);
  const [only] = fields;
  const key = only && fields.length === 1 ? readKey(fields, { [only.name]: text }) : null;
  if (key !== null && !(key instanceof Refusal))
    conditions.push({ text: hasKey(fields, 'r', '$1::text::jsonb'), value: JSON.stringify(key) });
  return conditions;
}

/** What a reading answers; null where it takes too long. */
async function within<T>(
  knex: Knex,
  timeout: number,
  work: (session: Session) => Promise<T>,
): Promise<T | null> {
  try {
    return await knex.transaction(async (transaction) => {
      await transaction.raw(`SET LOCAL statement_timeout = ${String(timeout)}`);
      return work(knexSession(transaction));
    });
  } catch (error) {
    if (databaseFailure(error) === 'busy') return null;
    throw error;
  }
}

interface SystemColumns {
  readonly _key: RecordKey;
  readonly _salesforce_id: string | null;
  readonly _archived_at: Date | null;
}

/** Rows of a table that one of some conditions finds, each condition by its own index. */
async function read(session: Session, place: Place, conditions: readonly Condition[]): Promise<FoundRow[]> {
  const { project, table, names } = place;
  const addresses = addressColumns(table);
  const shown = [...new Set([...writtenNames(names), ...addresses])];
  const columns = shown.map((name) => `, r.${quoteIdentifier(name)}`).join('');
  const key = keyObject(keyFields(table), (field) => `r.${quoteIdentifier(field.name)}`);
  const selects = conditions.map(
    ({ text }, index) =>
      `(SELECT ${key} AS "_key", r."_salesforce_id", r."_archived_at"${columns}
        FROM ${quoteTable(project.schemaName, table.code)} r
        WHERE ${text.replace('$1', `$${String(index + 1)}`)} LIMIT ${String(MAX_ORDERED)})`,
  );
  const rows = await session.query<Record<string, unknown> & SystemColumns>(
    selects.join(' UNION ALL '),
    conditions.map(({ value }) => value),
  );
  const byKey = new Map(rows.map((row) => [JSON.stringify(row._key), row]));
  return [...byKey.values()].map((row) => ({
    project: project.code,
    table: table.code,
    key: row._key,
    name: nameIn(names, row),
    address: addresses.map((name) => row[name]).find((each) => typeof each === 'string') ?? null,
    recordId: row._salesforce_id,
    isArchived: row._archived_at !== null,
  }));
}

/** Those who are called exactly so before others, then by name, address, place and key: the same each time. */
function inOrder(rows: readonly FoundRow[], text: string): FoundRow[] {
  const asked = plainText(text.trim());
  const sortable = rows.map((row) => {
    const name = plainText(row.name ?? '');
    const address = row.address ?? '';
    const isSame = name === asked || address === asked;
    const order = [isSame ? '0' : '1', name, address, row.project, row.table, JSON.stringify(row.key)];
    return { row, order: order.join('\u0000') };
  });
  sortable.sort((one, other) => (one.order < other.order ? -1 : 1));
  return sortable.map(({ row }) => row);
}
