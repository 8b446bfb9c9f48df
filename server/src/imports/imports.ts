import type { Knex } from 'knex';
import { conflict, notFound } from '../http/problem.ts';
import type { Actor } from '../auth/caller.ts';
import type { OrgObject } from '../salesforce/org.ts';
import type { FoundFile, ImportSettings } from './import-settings.ts';

export const IMPORT_STATUSES = [
  'uploading',
  'ready',
  'checking',
  'running',
  'paused',
  'done',
  'cancelled',
  'failed',
] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

/** How many rows became what. */
export interface ImportCounts {
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
}

export const NO_COUNTS: ImportCounts = { rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 };

/** Where an import goes: a table of a project, or an object of the org of one of its connections. */
export type ImportTarget =
  | { readonly kind: 'table'; readonly tableId: string }
  | { readonly kind: 'object'; readonly connectionId: string; readonly object: string };

/** The jobs of an org that have the portion at hand. */
export interface ImportJob {
  readonly id: string;
  /** Jobs that sent records again which the ones before them were refused for something that passes. */
  readonly retries?: readonly string[];
}

/** A file and what is done with it. */
export interface Import {
  readonly id: string;
  readonly createdAt: Date;
  readonly accountId: string;
  readonly projectId: string;
  readonly project: string;
  readonly table: string | null;
  readonly name: string;
  readonly target: ImportTarget;
  readonly status: ImportStatus;
  readonly message: string | null;
  /** Bytes that have come. */
  readonly bytes: number;
  readonly found: FoundFile | null;
  readonly settings: ImportSettings | null;
  /** The object, as the org described it when the file came. */
  readonly described: OrgObject | null;
  readonly isDryRun: boolean;
  /** Who started it; null before. */
  readonly actor: Actor | null;
  /** Bytes of the text in UTF-8 that are dealt with, and the line that comes next. */
  readonly position: number;
  readonly line: number;
  readonly counts: ImportCounts;
  /** What an org's job was given that may not have ended. */
  readonly job: ImportJob | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Time spent on it. */
  readonly seconds: number;
}

interface ImportRow {
  readonly id: string;
  readonly created_at: Date;
  readonly account_id: string;
  readonly project_id: string;
  readonly project_code: string;
  readonly table_code: string | null;
  readonly name: string;
  readonly table_id: string | null;
  readonly connection_id: string | null;
  readonly object: string | null;
  readonly status: ImportStatus;
  readonly message: string | null;
  readonly bytes: number;
  readonly found: FoundFile | null;
  readonly settings: ImportSettings | null;
  readonly described: OrgObject | null;
  readonly is_dry_run: boolean;
  readonly actor: Actor | null;
  readonly position: number;
  readonly line: number;
  readonly counts: Partial<ImportCounts>;
  readonly job: ImportJob | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly seconds: number;
}

/** Imports of one account. */
export class Imports {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  async create(projectId: string, name: string, target: ImportTarget): Promise<string> {
    const [row] = await this.#knex('di.import')
      .insert({
        account_id: this.#accountId,
        project_id: projectId,
        name,
        status: 'uploading',
        ...(target.kind === 'table'
          ? { table_id: target.tableId }
          : { connection_id: target.connectionId, object: target.object }),
      })
      .returning<{ id: string }[]>('id');
    if (!row) throw new Error('The import was not stored.');
    return row.id;
  }

  /** The latest ones, newest first. */
  async list(project: string | undefined, limit: number): Promise<Import[]> {
    const rows = await this.#all()
      .modify((query) => {
        if (project !== undefined) void query.where('p.code', project);
      })
      .orderBy('i.created_at', 'desc')
      .limit(limit)
      .select<ImportRow[]>(COLUMNS);
    return rows.map(importOf);
  }

  async find(id: string): Promise<Import> {
    const row = await this.#all().where('i.id', id).first<ImportRow | undefined>(COLUMNS);
    if (!row) throw notFound(`import ${id}`);
    return importOf(row);
  }

  /**
   * Changes an import that is in one of some states, and answers it as it is then. Throws a 409 problem for one that is in
   * another, also where it came into it only now.
   */
  async change(
    id: string,
    from: readonly ImportStatus[],
    change: Readonly<Record<string, unknown>>,
  ): Promise<Import> {
    const changed = await this.#knex('di.import')
      .where({ id, account_id: this.#accountId })
      .whereIn('status', [...from])
      .update(change);
    const found = await this.find(id);
    if (changed === 0)
      throw conflict(
        'wrong-status',
        `The import is ${found.status}; this is for one that is ${from.join(' or ')}.`,
      );
    return found;
  }

  async remove(id: string): Promise<void> {
    await this.#knex('di.import').where({ id, account_id: this.#accountId }).delete();
  }

  #all(): Knex.QueryBuilder {
    return joined(this.#knex).where('i.account_id', this.#accountId);
  }
}

/** An import for those who work on it, of whatever account. */
export async function importById(knex: Knex, id: string): Promise<Import | null> {
  const row = await joined(knex).where('i.id', id).first<ImportRow | undefined>(COLUMNS);
  return row ? importOf(row) : null;
}

function joined(knex: Knex): Knex.QueryBuilder {
  return knex('di.import as i')
    .join('di.project as p', 'p.id', 'i.project_id')
    .leftJoin('di.project_table as t', 't.id', 'i.table_id');
}

const COLUMNS = [
  ...[
    'id',
    'created_at',
    'account_id',
    'project_id',
    'name',
    'table_id',
    'connection_id',
    'object',
    'status',
  ],
  ...[
    'message',
    'bytes',
    'found',
    'settings',
    'described',
    'is_dry_run',
    'actor',
    'position',
    'line',
    'counts',
    'job',
    'started_at',
  ],
  ...['finished_at', 'seconds'],
]
  .map((column) => `i.${column}`)
  .concat('p.code as project_code', 't.code as table_code');

function importOf(row: ImportRow): Import {
  return {
    id: row.id,
    createdAt: row.created_at,
    accountId: row.account_id,
    projectId: row.project_id,
    project: row.project_code,
    table: row.table_code,
    name: row.name,
    target: targetOf(row),
    status: row.status,
    message: row.message,
    bytes: row.bytes,
    found: row.found,
    settings: row.settings,
    described: row.described,
    isDryRun: row.is_dry_run,
    actor: row.actor,
    position: row.position,
    line: row.line,
    counts: { ...NO_COUNTS, ...row.counts },
    job: row.job,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    seconds: row.seconds,
  };
}

function targetOf(row: ImportRow): ImportTarget {
  if (row.connection_id !== null && row.object !== null)
    return { kind: 'object', connectionId: row.connection_id, object: row.object };
  if (row.table_id === null) throw new Error(`The import ${row.id} goes nowhere.`);
  return { kind: 'table', tableId: row.table_id };
}
