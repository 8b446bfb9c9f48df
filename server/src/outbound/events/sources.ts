import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { hashSecret, isSecret, newSecret } from '../../access/secrets.ts';
import type { Connection } from '../../connections/connections.ts';
import { notFound } from '../../http/problem.ts';
import { settingsSchema, type SourceSettings } from './source-settings.ts';

export type SourceStatus = 'active' | 'paused';

export interface Source {
  readonly id: string;
  readonly project: string;
  readonly connectionId: string;
  readonly name: string;
  readonly status: SourceStatus;
  readonly settings: SourceSettings;
  readonly heldReason: string | null;
  readonly heldUntil: Date | null;
}

interface SourceRow {
  readonly id: string;
  readonly project: string;
  readonly connection_id: string;
  readonly name: string;
  readonly is_open: boolean;
  readonly settings: unknown;
  readonly held_reason: string | null;
  readonly held_until: Date | null;
}

/** A write key as a listing shows it. */
export interface WriteKey {
  readonly id: string;
  readonly keyId: string;
  readonly createdAt: Date;
}

/** Sources of events: where identify calls come from, and which org they are for. */
export class Sources {
  readonly #knex: Knex;
  readonly #accountId: string;

  constructor(knex: Knex, accountId: string) {
    this.#knex = knex;
    this.#accountId = accountId;
  }

  async create(connection: Connection, name: string, settings: SourceSettings): Promise<string> {
    const [queue] = await this.#knex('di.write_queue')
      .insert({ kind: 'source', connection_id: connection.id })
      .returning<{ id: string }[]>('id');
    if (!queue) throw new Error('The queue was not stored.');
    await this.#knex('di.event_source').insert({
      id: queue.id,
      account_id: this.#accountId,
      project_id: connection.projectId,
      name,
      settings: JSON.stringify(settings),
    });
    return queue.id;
  }

  async list(): Promise<Source[]> {
    const rows = await this.#all().orderBy('s.created_at').select<SourceRow[]>(COLUMNS);
    return rows.map(sourceOf);
  }

  async find(id: string): Promise<Source> {
    const row = await this.#all().where('s.id', id).first<SourceRow | undefined>(COLUMNS);
    if (!row) throw notFound(`source ${id}`);
    return sourceOf(row);
  }

  /** Changes a source; events that wait are written by the new settings. */
  async change(
    source: Source,
    change: { name: string; settings: SourceSettings; status: SourceStatus },
  ): Promise<void> {
    await this.#knex('di.event_source')
      .where({ id: source.id, account_id: this.#accountId })
      .update({ name: change.name, settings: JSON.stringify(change.settings) });
    await this.#knex('di.write_queue')
      .where({ id: source.id })
      .update({ is_open: change.status === 'active' });
  }

  /** Ends a source: its keys are good for nothing any more, and what waits is not written. */
  async archive(source: Source): Promise<void> {
    await this.#knex('di.event_source')
      .where({ id: source.id, account_id: this.#accountId })
      .update({ archived_at: this.#knex.fn.now() });
    await this.#knex('di.write_queue').where({ id: source.id }).update({ is_open: false });
  }

  async keys(source: Source): Promise<WriteKey[]> {
    const rows = await this.#knex('di.write_key')
      .where({ source_id: source.id })
      .whereNull('revoked_at')
      .orderBy('created_at')
      .select<{ id: string; key_id: string; created_at: Date }[]>('id', 'key_id', 'created_at');
    return rows.map((row) => ({ id: row.id, keyId: row.key_id, createdAt: row.created_at }));
  }

  /** Gives a source a further write key, which is in the answer and nowhere else. */
  async addKey(sourceId: string): Promise<{ id: string; writeKey: string }> {
    const keyId = randomBytes(8).toString('hex');
    const secret = newSecret();
    const [row] = await this.#knex('di.write_key')
      .insert({ source_id: sourceId, key_id: keyId, secret_hash: hashSecret(secret) })
      .returning<{ id: string }[]>('id');
    if (!row) throw new Error('The write key was not stored.');
    return { id: row.id, writeKey: `diw_${keyId}_${secret}` };
  }

  async revokeKey(source: Source, id: string): Promise<void> {
    const changed = await this.#knex('di.write_key')
      .where({ id, source_id: source.id })
      .update({ revoked_at: this.#knex.fn.now() });
    if (changed === 0) throw notFound(`write key ${id} of this source`);
  }

  #all(): Knex.QueryBuilder {
    return this.#knex('di.event_source as s')
      .join('di.write_queue as q', 'q.id', 's.id')
      .join('di.project as p', 'p.id', 's.project_id')
      .where('s.account_id', this.#accountId)
      .whereNull('s.archived_at');
  }
}

const COLUMNS = [
  's.id',
  'p.code as project',
  'q.connection_id',
  's.name',
  'q.is_open',
  's.settings',
  'q.held_reason',
  'q.held_until',
];

function sourceOf(row: SourceRow): Source {
  return {
    id: row.id,
    project: row.project,
    connectionId: row.connection_id,
    name: row.name,
    status: row.is_open ? 'active' : 'paused',
    settings: settingsSchema.parse(row.settings),
    heldReason: row.held_reason,
    heldUntil: row.held_until,
  };
}

/** An action that events of a source may be bound to. */
export interface BoundAction {
  readonly id: string;
  readonly definition: unknown;
}

/** What a write key opens. */
export interface OpenedSource {
  readonly id: string;
  readonly actions: readonly BoundAction[];
  /** Sites whose pages may send events; null for any. */
  readonly allowedOrigins: readonly string[] | null;
}

const WRITE_KEY = /^diw_([0-9a-f]{16})_([\w-]{43})$/;

/** The source of a write key, with the actions that its events may be bound to; null for a key that is not good. */
export async function sourceOfKey(knex: Knex, writeKey: string): Promise<OpenedSource | null> {
  const [, keyId, secret = ''] = WRITE_KEY.exec(writeKey) ?? [];
  if (keyId === undefined) return null;
  const { rows } = await knex.raw<{ rows: OpenedRow[] }>(
    `SELECT s.id, k.secret_hash, s.settings -> 'allowedOrigins' AS allowed_origins, coalesce((
       SELECT jsonb_agg(jsonb_build_object('id', a.id, 'definition', a.definition)) FROM di.action a
       WHERE a.project_id = s.project_id AND a.status = 'active' AND a.archived_at IS NULL
         AND a.definition -> 'trigger' ->> 'on' = 'event'), '[]') AS actions
     FROM di.write_key k JOIN di.event_source s ON s.id = k.source_id
       JOIN di.write_queue q ON q.id = s.id JOIN di.connection c ON c.id = q.connection_id
       JOIN di.project p ON p.id = s.project_id
     WHERE k.key_id = ? AND k.revoked_at IS NULL AND s.archived_at IS NULL
       AND c.status = 'active' AND p.archived_at IS NULL`,
    [keyId],
  );
  const [row] = rows;
  if (!row || !isSecret(secret, row.secret_hash)) return null;
  return { id: row.id, actions: row.actions, allowedOrigins: row.allowed_origins };
}

interface OpenedRow {
  readonly id: string;
  readonly secret_hash: Buffer;
  readonly allowed_origins: string[] | null;
  readonly actions: BoundAction[];
}
