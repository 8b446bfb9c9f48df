import type { Knex } from 'knex';
import { conflict, notFound } from '../../http/problem.ts';
import type { MappingEntry } from '../../projects/mapping-schema.ts';
import { nextPullRun, type PullSettings, type PullSelection } from './pull-schema.ts';

/** A pull: records of a transfer's object, fetched from the org by schedule. */
export interface Pull extends PullSettings {
  readonly id: string;
  readonly accountId: string;
  readonly transferId: string;
  readonly connectionId: string;
  readonly object: string;
  readonly table: string;
  readonly mapping: readonly MappingEntry[];
  readonly nextRunAt: Date | null;
  readonly lastFullAt: Date | null;
  /** Changes since then are enough; null where everything has to be fetched. */
  readonly watermark: Date | null;
}

interface PullRow {
  readonly id: string;
  readonly account_id: string;
  readonly transfer_id: string;
  readonly connection_id: string;
  readonly object: string;
  readonly code: string;
  readonly mapping: MappingEntry[];
  readonly selection: PullSelection;
  readonly cron: string;
  readonly time_zone: string;
  readonly is_enabled: boolean;
  readonly bulk_threshold: number;
  readonly full_every_days: number;
  readonly next_run_at: Date | null;
  readonly last_full_at: Date | null;
  readonly watermark: Date | null;
  readonly transfer_version: number | null;
  readonly version: number;
}

/** Pulls of an account. */
export class Pulls {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  async create(transferId: string, settings: PullSettings): Promise<string> {
    const [row] = await this.#knex('di.pull')
      .insert({ account_id: this.#accountId, transfer_id: transferId, ...columnsOf(settings) })
      .onConflict('transfer_id')
      .ignore()
      .returning<{ id: string }[]>('id');
    if (!row) throw conflict('pull-exists', 'The transfer has a pull already: change that one.');
    return row.id;
  }

  async list(): Promise<Pull[]> {
    const rows = await pullRows(this.#knex)
      .where('l.account_id', this.#accountId)
      .orderBy('l.created_at')
      .select<PullRow[]>(COLUMNS);
    return rows.map(pullOf);
  }

  async find(id: string): Promise<Pull> {
    const row = await pullRows(this.#knex)
      .where({ 'l.id': id, 'l.account_id': this.#accountId })
      .first<PullRow | undefined>(COLUMNS);
    if (!row) throw notFound(`pull ${id}`);
    return pullOf(row);
  }

  /** Another selection asks for everything anew. */
  async change(pull: Pull, settings: PullSettings): Promise<void> {
    const isSame = JSON.stringify(pull.selection) === JSON.stringify(settings.selection);
    await this.#knex('di.pull')
      .where({ id: pull.id })
      .update({ ...columnsOf(settings), ...(isSame ? {} : { watermark: null }) });
  }

  async remove(pull: Pull): Promise<void> {
    await this.#knex('di.pull').where({ id: pull.id }).delete();
  }
}

/** A pull by its id, whoever's it is. */
export async function findPull(knex: Knex, id: string): Promise<Pull> {
  const row = await pullRows(knex).where('l.id', id).first<PullRow | undefined>(COLUMNS);
  if (!row) throw notFound(`pull ${id}`);
  return pullOf(row);
}

/** Keeps up to when everything is fetched, by the transfer as it was then. */
export async function keepWatermark(
  knex: Knex,
  pull: Pull,
  reached: { watermark: string; isFull: boolean },
): Promise<void> {
  await knex('di.pull')
    .where({ id: pull.id })
    .update({
      watermark: reached.watermark,
      transfer_version: knex('di.transfer').where({ id: pull.transferId }).select('version'),
      ...(reached.isFull ? { last_full_at: knex.fn.now() } : {}),
    });
}

function pullRows(knex: Knex): Knex.QueryBuilder {
  return knex('di.pull as l')
    .join('di.transfer as t', 't.id', 'l.transfer_id')
    .join('di.project_table as p', 'p.id', 't.table_id');
}

const COLUMNS = ['l.*', 't.connection_id', 't.object', 't.mapping', 't.version', 'p.code'];

function columnsOf(settings: PullSettings): Record<string, unknown> {
  return {
    selection: JSON.stringify(settings.selection),
    cron: settings.schedule.cron,
    time_zone: settings.schedule.timeZone,
    is_enabled: settings.isEnabled,
    bulk_threshold: settings.bulkThreshold,
    full_every_days: settings.fullEveryDays,
    next_run_at: settings.isEnabled ? nextPullRun(settings.schedule, new Date()) : null,
  };
}

function pullOf(row: PullRow): Pull {
  // A mapping that changed since brings columns that only everything fills.
  const isCurrent = row.transfer_version === row.version;
  return {
    id: row.id,
    accountId: row.account_id,
    transferId: row.transfer_id,
    connectionId: row.connection_id,
    object: row.object,
    table: row.code,
    mapping: row.mapping,
    selection: row.selection,
    schedule: { cron: row.cron, timeZone: row.time_zone },
    isEnabled: row.is_enabled,
    bulkThreshold: row.bulk_threshold,
    fullEveryDays: row.full_every_days,
    nextRunAt: row.next_run_at,
    lastFullAt: row.last_full_at,
    watermark: isCurrent ? row.watermark : null,
  };
}
