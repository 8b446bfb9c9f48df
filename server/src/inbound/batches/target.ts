import type { Knex } from 'knex';
import { forbidden } from '../../http/problem.ts';
import { checkConnection } from '../../connections/plugin-caller.ts';
import type { LoweringRule } from '../../consent/lowering-rules.ts';
import { findConnection } from '../../connections/connections.ts';
import type { RivalRule } from '../../projects/rival-rule.ts';
import type { BuiltField } from '../../projects/tables.ts';
import type { MappingEntry } from '../../projects/mapping-schema.ts';
import { held } from '../../api/held.ts';

/** The table and mapping that a batch is for, and the versions they were read at. */
export interface Target {
  readonly connectionId: string;
  readonly projectId: string;
  readonly transferId: string;
  readonly transferVersion: number;
  readonly tableId: string;
  readonly tableVersion: number;
  readonly schemaName: string;
  readonly tableCode: string;
  readonly primaryKey: readonly string[];
  readonly fields: readonly BuiltField[];
  /** Which of several records with one primary key fills the row. */
  readonly rivals: RivalRule;
  readonly mapping: readonly MappingEntry[];
  readonly consent: readonly LoweringRule[];
}

export interface Wanted {
  readonly connectionId: string;
  readonly organizationId: string;
  readonly tableCode: string;
  readonly object: string;
}

interface TableRow {
  readonly id: string;
  readonly version: number;
  readonly schema_name: string;
  readonly is_project_archived: boolean;
  readonly archived_at: Date | null;
  readonly rivals: RivalRule;
  readonly built: { code: string; primaryKey: string[]; fields: BuiltField[] };
}

interface TransferRow {
  readonly id: string;
  readonly status: string;
  readonly version: number;
  readonly mapping: MappingEntry[];
  readonly consent: LoweringRule[];
}

/** Finds what a batch is for. Throws a problem that says what is missing, and where it is to be mended. */
export async function findTarget(knex: Knex, wanted: Wanted): Promise<Target> {
  const connection = await findConnection(knex, wanted.connectionId);
  checkConnection(connection, wanted.organizationId);
  if (connection.organizationId === null)
    throw forbidden('not-authorized', 'Authorize the destination project in Salesforce first.');
  const table = await findTable(knex, connection.projectId, wanted.tableCode);
  const transfer = await knex('di.transfer')
    .where({ connection_id: connection.id, table_id: table.id })
    .whereRaw('lower(object) = lower(?)', [wanted.object])
    .first<TransferRow | undefined>();
  if (!transfer)
    throw held(
      'transfer-missing',
      `There is no transfer of ${wanted.object} to ${wanted.tableCode} yet: add one in DI, map its fields and activate it.`,
    );
  if (transfer.status !== 'active')
    throw held(
      transfer.status === 'draft' ? 'transfer-draft' : 'transfer-paused',
      `The transfer of ${wanted.object} to ${wanted.tableCode} is ${transfer.status}: activate it in DI.`,
    );
  return {
    connectionId: connection.id,
    projectId: connection.projectId,
    transferId: transfer.id,
    transferVersion: transfer.version,
    tableId: table.id,
    tableVersion: table.version,
    schemaName: table.schema_name,
    tableCode: table.built.code,
    primaryKey: table.built.primaryKey,
    fields: table.built.fields,
    rivals: table.rivals,
    mapping: transfer.mapping,
    consent: transfer.consent,
  };
}

/** A table is called by the code it was built with. */
async function findTable(knex: Knex, projectId: string, code: string): Promise<TableRow> {
  const rows = await knex('di.project_table as t')
    .join('di.project as p', 'p.id', 't.project_id')
    .where('t.project_id', projectId)
    .whereNotNull('t.built')
    .whereRaw("lower(t.built->>'code') = lower(?)", [code])
    .select<TableRow[]>(
      't.id',
      't.version',
      't.built',
      't.archived_at',
      't.rivals',
      'p.schema_name',
      knex.raw('p.archived_at IS NOT NULL AS is_project_archived'),
    );
  const table = rows.find((row) => row.built.code === code);
  if (!table) {
    const [similar] = rows;
    throw held(
      'table-missing',
      similar
        ? `There is no table ${code} in this project. Did you mean ${similar.built.code}?`
        : `There is no table ${code} in this project. Create and build it in DI, or name another one in the DI Data Transfer.`,
    );
  }
  if (table.is_project_archived)
    throw held('project-archived', 'The project is archived in DI. Restore it, and its records come.');
  if (table.archived_at !== null)
    throw held('table-archived', `The table ${code} is archived in DI. Restore it, and its records come.`);
  return table;
}
