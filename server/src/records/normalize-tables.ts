import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { alone } from '../database/alone.ts';
import type { Database } from '../database/open-database.ts';
import type { BuiltTable } from '../projects/tables.ts';
import { isAnySettled } from './duplicates.ts';
import { normalizeRows } from './normalize-rows.ts';
import type { SpelledTable } from './spelled-table.ts';

interface TableRow {
  readonly id: string;
  readonly schema_name: string;
  readonly built: Omit<BuiltTable, 'id' | 'name'>;
}

/**
 * Puts tables that are from before addresses and ids had one spelling into it, each in a transaction of its own: what a
 * server does before it takes anything. A table that cannot be put right now, is when the next server starts.
 */
export async function normalizeTables(
  { knex, connectionString }: Pick<Database, 'knex' | 'connectionString'>,
  logger: Logger,
): Promise<void> {
  if ((await tablesWhere(knex, NOT_NORMALIZED)).length === 0) return;
  await alone(connectionString, logger, async () => {
    for (const table of await tablesWhere(knex, NOT_NORMALIZED)) await normalizeTable(knex, table, logger);
  });
}

/** Tables of which something is true, in SQL; `t` is the table. */
async function tablesWhere(knex: Knex, condition: string): Promise<readonly SpelledTable[]> {
  const { rows } = await knex.raw<{ rows: TableRow[] }>(
    `SELECT t.id, p.schema_name, t.built FROM di.project_table t JOIN di.project p ON p.id = t.project_id
     WHERE t.built IS NOT NULL AND ${condition} ORDER BY t.created_at`,
  );
  return rows.map(spelledTable);
}

const NOT_NORMALIZED = 'NOT t.is_normalized';
const WITH_DUPLICATES = 'EXISTS (SELECT FROM di.duplicate_row d WHERE d.table_id = t.id)';

const spelledTable = ({ id, schema_name: schemaName, built }: TableRow): SpelledTable => ({
  id,
  schemaName,
  ...built,
});

async function normalizeTable(knex: Knex, table: SpelledTable, logger: Logger): Promise<void> {
  const where = { schema: table.schemaName, table: table.code };
  try {
    const duplicates = await knex.transaction((transaction) => normalizeRows(transaction, table));
    logger.info({ ...where, duplicates }, 'addresses and ids are in one spelling');
  } catch (error) {
    logger.error({ ...where, err: error }, 'addresses and ids of a table could not be put into one spelling');
  }
}

/**
 * Looks again at tables with rows that stood double, where one of two is gone: the other one takes the spelling that both
 * had in common. Answers how many tables were looked at.
 */
export async function settleDuplicates(knex: Knex): Promise<number> {
  let settled = 0;
  for (const table of await tablesWhere(knex, WITH_DUPLICATES)) {
    if (!(await isAnySettled(knex, table))) continue;
    await knex.transaction((transaction) => normalizeRows(transaction, table));
    settled += 1;
  }
  return settled;
}
