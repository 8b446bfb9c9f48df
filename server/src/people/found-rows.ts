import type { Knex } from 'knex';
import { databaseFailure } from '../database/failures.ts';
import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import { knexSession, type Session } from '../database/session.ts';
import type { Project } from '../projects/projects.ts';
import type { BuiltTable } from '../projects/tables.ts';
import { keyFields, keyObject } from './record-keys.ts';
import type { RecordKey } from './record-identities.ts';
import {
  addressColumns,
  filledColumns,
  nameColumns,
  nameIn,
  writtenNames,
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

/** A table that is looked through. */
export interface Place {
  readonly project: Project;
  readonly table: BuiltTable;
  readonly names: NameColumns;
}

/** A condition on a row `r`, and the value of its place $1. */
export interface Condition {
  readonly text: string;
  readonly value: unknown;
}

/** Rows of one table that are read; of more the order is that of the table. */
const MAX_READ = 100;

/** Tables with their columns of names. */
export async function withNames(
  knex: Knex,
  tables: readonly Omit<Place, 'names'>[],
): Promise<readonly Place[]> {
  const filled = await filledColumns(
    knexSession(knex),
    tables.map(({ table }) => table.id),
  );
  return tables.map((place) => ({ ...place, names: nameColumns(place.table, filled) }));
}

interface SystemColumns {
  readonly _key: RecordKey;
  readonly _salesforce_id: string | null;
  readonly _archived_at: Date | null;
}

/**
 * Rows of a table that one of some conditions finds, each condition by its own index; null where that takes too long.
 *
 * @param timeout milliseconds
 */
export async function searchRows(
  knex: Knex,
  place: Place,
  conditions: readonly Condition[],
  timeout: number,
): Promise<readonly FoundRow[] | null> {
  if (timeout < 1) return null;
  try {
    return await knex.transaction(async (transaction) => {
      await transaction.raw(`SET LOCAL statement_timeout = ${String(timeout)}`);
      return read(knexSession(transaction), place, conditions);
    });
  } catch (error) {
    if (databaseFailure(error) === 'busy') return null;
    throw error;
  }
}

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
        WHERE ${text.replaceAll('$1', () => `$${String(index + 1)}`)} LIMIT ${String(MAX_READ)})`,
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
