import type { Knex } from 'knex';
import { nextPullRun, type Schedule } from '../../inbound/pulls/pull-schema.ts';
import { notFound } from '../../http/problem.ts';
import type { BuiltTable } from '../../projects/tables.ts';
import type { MappingEntry } from '../../projects/mapping-schema.ts';

/** What is compared: a table of a project with an object of an org. */
export interface Pair {
  readonly connectionId: string;
  readonly tableId: string;
  readonly object: string;
}

/** A comparison of both sides, on demand or by schedule. */
export interface Comparison extends Pair {
  readonly id: string;
  readonly accountId: string;
  readonly projectId: string;
  readonly schemaName: string;
  /** The table's code and columns are those that were built. */
  readonly table: BuiltTable;
  readonly schedule: Schedule | null;
  readonly nextRunAt: Date | null;
  readonly graceMinutes: number;
  /** The transfer that brings the records; null where none does now. */
  readonly transfer: { readonly id: string; readonly mapping: readonly MappingEntry[] } | null;
}

interface ComparisonRow {
  readonly id: string;
  readonly account_id: string;
  readonly project_id: string;
  readonly schema_name: string;
  readonly connection_id: string;
  readonly table_id: string;
  readonly table_name: string;
  readonly built: Omit<BuiltTable, 'id' | 'name'>;
  readonly object: string;
  readonly cron: string | null;
  readonly time_zone: string;
  readonly next_run_at: Date | null;
  readonly grace_minutes: number;
  readonly transfer_id: string | null;
  readonly mapping: MappingEntry[] | null;
}

/** What may be set of a comparison. */
export interface ComparisonSettings {
  readonly schedule?: Schedule | null | undefined;
  readonly graceMinutes?: number | undefined;
}

/** Comparisons of an account. */
export class Comparisons {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  async list(): Promise<Comparison[]> {
    const rows = await comparisonRows(this.#knex)
      .where('m.account_id', this.#accountId)
      .orderBy('m.created_at')
      .select<ComparisonRow[]>(COLUMNS);
    return rows.map(comparisonOf);
  }

  async find(id: string): Promise<Comparison> {
    const row = await comparisonRows(this.#knex)
      .where({ 'm.id': id, 'm.account_id': this.#accountId })
      .first<ComparisonRow | undefined>(COLUMNS);
    if (!row) throw notFound(`comparison ${id}`);
    return comparisonOf(row);
  }

  /** The one comparison of a table with an object, made where there is none yet. */
  async ofPair({ connectionId, tableId, object }: Pair): Promise<Comparison> {
    await this.#knex('di.comparison')
      .insert({ account_id: this.#accountId, connection_id: connectionId, table_id: tableId, object })
      .onConflict(this.#knex.raw('(connection_id, table_id, lower(object))'))
      .ignore();
    const row = await comparisonRows(this.#knex)
      .where({ 'm.connection_id': connectionId, 'm.table_id': tableId })
      .whereRaw('lower(m.object) = lower(?)', [object])
      .first<ComparisonRow | undefined>(COLUMNS);
    if (!row) throw notFound(`comparison of ${object}`);
    return comparisonOf(row);
  }

  async change(
    { id, schedule: present }: Comparison,
    { schedule = present, graceMinutes }: ComparisonSettings,
  ): Promise<void> {
    await this.#knex('di.comparison')
      .where({ id })
      .update({
        cron: schedule?.cron ?? null,
        ...(schedule === null ? {} : { time_zone: schedule.timeZone }),
        next_run_at: schedule === null ? null : nextPullRun(schedule, new Date()),
        ...(graceMinutes === undefined ? {} : { grace_minutes: graceMinutes }),
      });
  }
}

/** A comparison by its id, whoever's it is. */
export async function findComparison(knex: Knex, id: string): Promise<Comparison> {
  const row = await comparisonRows(knex).where('m.id', id).first<ComparisonRow | undefined>(COLUMNS);
  if (!row) throw notFound(`comparison ${id}`);
  return comparisonOf(row);
}

function comparisonRows(knex: Knex): Knex.QueryBuilder {
  return knex('di.comparison as m')
    .join('di.project_table as t', 't.id', 'm.table_id')
    .join('di.project as p', 'p.id', 't.project_id')
    .leftJoin(
      knex.raw(`di.transfer AS x ON x.connection_id = m.connection_id AND x.table_id = m.table_id
      AND lower(x.object) = lower(m.object) AND x.status = 'active'`),
    )
    .whereNotNull('t.built');
}

const COLUMNS = [
  'm.*',
  't.project_id',
  'p.schema_name',
  't.name as table_name',
  't.built',
  'x.id as transfer_id',
  'x.mapping',
];

function comparisonOf(row: ComparisonRow): Comparison {
  return {
    id: row.id,
    accountId: row.account_id,
    projectId: row.project_id,
    schemaName: row.schema_name,
    connectionId: row.connection_id,
    tableId: row.table_id,
    table: { id: row.table_id, name: row.table_name, ...row.built },
    object: row.object,
    schedule: row.cron === null ? null : { cron: row.cron, timeZone: row.time_zone },
    nextRunAt: row.next_run_at,
    graceMinutes: row.grace_minutes,
    transfer:
      row.transfer_id === null || row.mapping === null ? null : { id: row.transfer_id, mapping: row.mapping },
  };
}
