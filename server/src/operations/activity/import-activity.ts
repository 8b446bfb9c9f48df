import type { Knex } from 'knex';
import type { ImportStatus } from '../../inbound/files/imports.ts';
import { worded } from '../../messages/message-answer.ts';
import type { Activity, ActivitySelection, ActivityStatus } from './activity-schema.ts';
import type { Page, Placed } from './activity-page.ts';

const STATUSES: Readonly<Record<ImportStatus, ActivityStatus>> = {
  uploading: 'waiting',
  ready: 'waiting',
  checking: 'waiting',
  running: 'waiting',
  paused: 'waiting',
  done: 'done',
  cancelled: 'failed',
  failed: 'failed',
};

interface ImportRow {
  readonly id: string;
  readonly place: string;
  readonly created_at: Date;
  readonly name: string;
  readonly status: ImportStatus;
  readonly message: string | null;
  readonly counts: Record<string, number> | null;
  readonly object: string | null;
  readonly project: string;
  readonly table_code: string | null;
  readonly connection_id: string | null;
  readonly connection_name: string | null;
}

/** Imports of an account, the latest first. */
export async function importActivity(
  knex: Knex,
  accountId: string,
  { status, project, connection, owner, search }: ActivitySelection,
  { place: [at, id] = ['infinity', LAST_ID], limit }: Page,
): Promise<Placed[]> {
  const statuses = Object.entries(STATUSES).flatMap(([each, of]) =>
    status === undefined || of === status ? [each] : [],
  );
  const { rows } = await knex.raw<{ rows: ImportRow[] }>(
    `SELECT i.id, i.created_at, i.created_at::text AS place, i.name, i.status, i.message, i.counts, i.object, p.code AS project,
       t.code AS table_code, c.id AS connection_id, c.name AS connection_name
     FROM di.import i JOIN di.project p ON p.id = i.project_id
     LEFT JOIN di.project_table t ON t.id = i.table_id LEFT JOIN di.connection c ON c.id = i.connection_id
     WHERE i.account_id = :accountId AND i.status = ANY (:statuses) AND (i.created_at, i.id) < (:at::timestamptz, :id::uuid)
       AND (CAST(:project AS text) IS NULL OR p.code = :project)
       AND (CAST(:connection AS uuid) IS NULL OR c.id = :connection) AND (CAST(:owner AS uuid) IS NULL OR i.id = :owner)
       AND (CAST(:search AS text) IS NULL OR strpos(lower(i.name), lower(:search)) > 0)
     ORDER BY i.created_at DESC, i.id DESC LIMIT :limit`,
    {
      ...{ accountId, statuses, at, id, limit, search: search ?? null },
      ...{ project: project ?? null, connection: connection ?? null, owner: owner ?? null },
    },
  );
  return rows.map((row) => ({ entry: entryOf(row), place: [row.place, row.id] }));
}

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function entryOf(row: ImportRow): Activity {
  const { connection_id: connection } = row;
  return {
    ...{ id: row.id, kind: 'import', status: STATUSES[row.status], outcome: row.status },
    ...{ at: row.created_at.toISOString(), changedAt: row.created_at.toISOString() },
    owner: { id: row.id, name: row.name },
    project: row.project,
    connection: connection === null ? null : { id: connection, name: row.connection_name ?? '' },
    ...{ object: row.object, table: row.table_code, key: null, changes: [], records: [] },
    ...{ attempts: null, code: null, ...worded(row.message), fields: [] },
    counts: row.counts,
    canReplay: false,
  };
}
