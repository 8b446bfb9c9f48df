import type { Knex } from 'knex';
import { Projects } from '../projects/projects.ts';
import { CONTACTS } from '../projects/tables.ts';
import { Refusal } from '../values/check-value.ts';
import { salesforceId } from '../values/salesforce-id.ts';
import { searchRows, withNames, type Condition, type FoundRow, type Place } from './found-rows.ts';
import { hasKey, keyFields, readKey } from './record-keys.ts';
import { plainText, searchedWords, searchQuery } from './searched-columns.ts';

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
/** Milliseconds that one table, and all of them, may take. */
const TIMEOUT_MS = { table: 1000, all: 3000 };

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
    const found = await searchRows(knex, place, conditions, timeout);
    if (found === null) isWhole = false;
    else rows.push(...found);
  }
  const ordered = inOrder(rows, text);
  return { rows: ordered.slice(0, MAX_FOUND), isWhole: isWhole && ordered.length <= MAX_FOUND };
}

async function placesOf(knex: Knex, { accountId, mayReadRows }: Searcher): Promise<readonly Place[]> {
  const projects = new Projects(knex, accountId);
  const found: Omit<Place, 'names'>[] = [];
  for (const project of await projects.list())
    if (!project.isArchived)
      for (const table of await projects.builtTables(project.id))
        if (mayReadRows || table.code === CONTACTS) found.push({ project, table });
  return withNames(knex, found);
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
