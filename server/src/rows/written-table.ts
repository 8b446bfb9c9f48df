import type { Knex } from 'knex';
import { quoteTable } from '../database/identifiers.ts';
import { lock, type LockAccess } from '../database/locks.ts';
import { Projects, type Project } from '../projects/projects.ts';
import { CONTACTS, type BuiltField, type BuiltTable } from '../projects/tables.ts';

/** A table that rows are written to. */
export interface WrittenTable {
  readonly id: string;
  readonly projectId: string;
  readonly schemaName: string;
  readonly code: string;
  /** Schema and table as SQL takes them. */
  readonly name: string;
  /** Columns of the primary key, in its order. */
  readonly key: readonly BuiltField[];
  /** Every column that is written, those of the key too. */
  readonly fields: readonly BuiltField[];
  /** Columns that only Salesforce fills; empty where anybody may write. */
  readonly ownedColumns: ReadonlySet<string>;
  /** New rows and deletions come from Salesforce alone. */
  readonly isOwnedBySalesforce: boolean;
}

/** Where rows are to be written, as a path names it. */
export interface TablePlace {
  readonly project: string;
  readonly table: string;
}

/**
 * Opens a table for writing until the transaction ends. As for a batch, the table's lock is taken before any statement
 * looks at rows, and the definition is read under it: whoever changes rows shares it, whoever removes or moves them has
 * the table alone. Throws 404 and 422 problems.
 */
export async function openTable(
  transaction: Knex,
  accountId: string,
  at: TablePlace,
  access: LockAccess,
): Promise<{ project: Project; table: WrittenTable }> {
  const projects = new Projects(transaction, accountId);
  const project = await projects.findOpen(at.project);
  const { id } = await projects.builtTable(project, at.table);
  await lock(transaction, id, access);
  const built = await projects.builtTable(project, at.table);
  return { project, table: await writtenTable(transaction, project, built) };
}

/** What is known of a table for writing it, without a lock. */
export async function writtenTable(knex: Knex, project: Project, built: BuiltTable): Promise<WrittenTable> {
  const fields = built.fields.filter((field) => field.isArchived !== true);
  const isOwnedBySalesforce = project.type === 'A' && built.code === CONTACTS;
  return {
    id: built.id,
    projectId: project.id,
    schemaName: project.schemaName,
    code: built.code,
    name: quoteTable(project.schemaName, built.code),
    key: built.primaryKey.flatMap((name) => fields.find((field) => field.name === name) ?? []),
    fields,
    isOwnedBySalesforce,
    ownedColumns: isOwnedBySalesforce ? await transferredColumns(knex, built) : new Set(),
  };
}

/** Columns that transfers fill. Those of the key tell rows apart, and are named by everybody. */
async function transferredColumns(knex: Knex, table: BuiltTable): Promise<ReadonlySet<string>> {
  const transfers = await knex('di.transfer')
    .where({ table_id: table.id })
    .select<{ mapping: { column: string }[] }[]>('mapping');
  const columns = transfers.flatMap(({ mapping }) => mapping.map((entry) => entry.column));
  return new Set(columns.filter((column) => !table.primaryKey.includes(column)));
}

/** The same table, whoever else writes it: what somebody asks for who knows that Salesforce may write over it. */
export function regardless(table: WrittenTable): WrittenTable {
  return { ...table, isOwnedBySalesforce: false, ownedColumns: new Set() };
}
