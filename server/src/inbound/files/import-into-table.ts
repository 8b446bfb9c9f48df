import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { ConsentKeys } from '../../consent/consent-keys.ts';
import { OptIns } from '../../consent/opt-ins.ts';
import { knexSession } from '../../database/session.ts';
import { lock } from '../../database/locks.ts';
import { unprocessable } from '../../http/problem.ts';
import { Projects } from '../../projects/projects.ts';
import { writeReturningRows } from '../rows/returning-rows.ts';
import type { RowOutcome, WrittenRow } from '../rows/write-rows.ts';
import { writtenTable } from '../rows/written-table.ts';
import { checkRows } from './check-rows.ts';
import { consentReader, recordRows, type ConsentReader, type SaidConsent } from './consent-columns.ts';
import type { CsvRecord } from './csv-record.ts';
import type { FoundFile, ImportSettings } from './import-settings.ts';
import { keepResults } from './import-results.ts';
import type { Import, ImportCounts } from './imports.ts';
import type { ClaimedImport } from './claimed-import.ts';
import { resultOf, type ImportResult, type FilePortion, type PortionLimits } from './portions.ts';
import { tableReader, type TableReader } from './rows-of-file.ts';

/** Rows of one transaction: as many as a batch of Salesforce brings, so that nobody waits longer for an import. */
export const TABLE_PORTION: PortionLimits = { records: 2000, size: 8_000_000 };

/** The table is no longer what the rows were read for. */
export class TableChanged extends Error {}

/** The way of a file's rows into a table, as the table was when the reading began. */
export interface TableImport {
  readonly reader: TableReader;
  readonly consents: ConsentReader;
  readonly keys: ConsentKeys;
  readonly version: number;
}

/** Throws problems that say what keeps the import from its table. */
export async function openTableImport(
  knex: Knex,
  keys: ConsentKeys,
  given: Import,
  tableId: string,
  found: FoundFile,
  settings: ImportSettings,
): Promise<TableImport> {
  const version = await versionOf(knex, tableId);
  const projects = new Projects(knex, given.accountId);
  const project = await projects.findOpen(given.project);
  const built = (await projects.builtTables(project.id)).find((table) => table.id === tableId);
  if (!built)
    throw unprocessable('table-archived', `The table ${given.table ?? ''} is archived, or was never built.`);
  const reader = tableReader(await writtenTable(knex, project, built), found, settings);
  const optIns = await new OptIns(knex, project.id).list();
  return { reader, consents: consentReader(reader.table, optIns, found, settings), keys, version };
}

async function versionOf(knex: Knex, tableId: string): Promise<number> {
  const row = await knex('di.project_table as t')
    .join('di.project as p', 'p.id', 't.project_id')
    .where('t.id', tableId)
    .whereNull('p.archived_at')
    .first<{ version: number } | undefined>('t.version');
  return row?.version ?? -1;
}

/**
 * Writes a portion, or looks what it would do, and writes down how far the import is: in one transaction, so that each row
 * is written once however often the work is broken off. Throws TableChanged or LeaseLost; then nothing is written.
 */
export async function importPortion(
  knex: Knex,
  claimed: ClaimedImport,
  { reader, consents, keys, version }: TableImport,
  portion: FilePortion,
  before: ImportCounts,
  at: { readonly position: number; readonly started: number },
): Promise<ImportCounts> {
  const { rows, results } = await readPortion(reader, consents, portion);
  return knex.transaction(async (transaction) => {
    await lock(transaction, reader.table.id, 'shared');
    if ((await versionOf(transaction, reader.table.id)) !== version) throw new TableChanged();
    const written = {
      columns: reader.columns,
      rows: rows.map((row) => row.values),
      mode: reader.mode,
    };
    const session = knexSession(transaction);
    const outcomes = claimed.import.isDryRun
      ? await checkRows(session, reader.table, written)
      : await writeReturningRows(session, keys, reader.table, written);
    for (const [index, { record }] of rows.entries()) {
      const outcome = outcomes[index];
      if (outcome?.outcome === 'rejected')
        results.push(resultOf(record.line, outcome.code, outcome.message, record.cells, outcome.column));
    }
    if (!claimed.import.isDryRun && rows.some(({ said }) => said.length > 0))
      await recordRows(
        transaction,
        claimed.import,
        reader,
        keys,
        rows.map(({ record, values, said }, index) => {
          const isRejected = outcomes[index]?.outcome === 'rejected';
          return { line: record.line, values, said, isRejected };
        }),
      );
    await keepResults(transaction, claimed.import.id, results);
    const counts = added(before, outcomes, results.length);
    const { position } = at;
    const seconds = (performance.now() - at.started) / 1000;
    await claimed.advance(transaction, { position, line: portion.nextLine, counts, seconds });
    return counts;
  });
}

interface ReadRow {
  readonly record: CsvRecord;
  readonly values: WrittenRow;
  readonly said: readonly SaidConsent[];
}

/** Cells that are read before others are answered. */
const CELLS_OF_A_TURN = 50_000;

async function readPortion(
  reader: TableReader,
  consents: ConsentReader,
  portion: FilePortion,
): Promise<{ rows: ReadRow[]; results: ImportResult[] }> {
  const now = new Date();
  const rows: ReadRow[] = [];
  const results = [...portion.faults];
  let cells = 0;
  for (const record of portion.records) {
    cells += record.cells.length;
    if (cells > CELLS_OF_A_TURN) {
      cells = 0;
      await nextTurn();
    }
    const values = reader.read(record.cells);
    const said = 'outcome' in values ? values : consents(record.cells, now);
    const fault = 'outcome' in values ? values : 'outcome' in said ? said : null;
    if (fault) results.push(resultOf(record.line, fault.code, fault.message, record.cells, fault.column));
    else if (!('outcome' in values) && !('outcome' in said)) rows.push({ record, values, said });
  }
  return { rows, results };
}

function added(before: ImportCounts, outcomes: readonly RowOutcome[], rejected: number): ImportCounts {
  const count = (wanted: RowOutcome['outcome']): number =>
    outcomes.filter(({ outcome }) => outcome === wanted).length;
  const [created, updated, unchanged] = [count('created'), count('updated'), count('unchanged')];
  return {
    rows: before.rows + created + updated + unchanged + rejected,
    created: before.created + created,
    updated: before.updated + updated,
    unchanged: before.unchanged + unchanged,
    rejected: before.rejected + rejected,
  };
}
