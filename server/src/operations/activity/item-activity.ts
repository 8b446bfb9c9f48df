import type { Knex } from 'knex';
import { worded } from '../../messages/message-answer.ts';
import type { StoredOutcome } from '../../outbound/engine/write-queue.ts';
import type { ItemStatus } from '../../outbound/actions/queue-items.ts';
import type { Activity, ActivitySelection, ActivityStatus } from './activity-schema.ts';
import type { Page, Placed } from './activity-page.ts';

/** Items of a queue that are looked at where no index knows which are meant. */
const MOST_LOOKED_AT = 20_000;
/** Members of a body that are shown, and how deep they may be. */
const MOST_FIELDS = 200;
const DEEPEST = 4;

const STATUSES: Readonly<Record<ActivityStatus, readonly ItemStatus[]>> = {
  waiting: ['waiting'],
  done: ['delivered'],
  'no-record': ['failed'],
  failed: ['failed'],
};
const FOUND_NO_RECORD = `coalesce(i.outcomes @> '[{"kind": "refused", "status": 404}]', false)`;

interface ItemRow {
  readonly id: number;
  readonly kind: 'event' | 'action';
  readonly status: ItemStatus;
  readonly found_no_record: boolean;
  readonly occasion: string;
  readonly attempts: number;
  readonly body: unknown;
  readonly outcomes: readonly StoredOutcome[] | null;
  readonly received_at: Date;
  readonly owner_id: string;
  readonly owner_name: string;
  readonly project: string;
  readonly object: string | null;
  readonly connection_id: string;
  readonly connection_name: string;
}

/** Events and items of actions of an account, the latest first. */
export async function itemActivity(
  knex: Knex,
  accountId: string,
  { kind, status, project, connection, owner, search }: ActivitySelection,
  { place: [, before] = ['', '9223372036854775807'], limit }: Page,
): Promise<Placed[]> {
  const statuses = status === undefined ? ['waiting', 'delivered', 'failed'] : [...STATUSES[status]];
  const noRecord = status === 'failed' || status === 'no-record' ? status === 'no-record' : null;
  const { rows } = await knex.raw<{ rows: ItemRow[] }>(
    `WITH q AS MATERIALIZED (
       SELECT o.*, p.code AS project, c.id AS connection_id, c.name AS connection_name
       FROM (
         SELECT s.id, 'event' AS kind, s.name, s.project_id, NULL AS object FROM di.event_source s WHERE s.account_id = :accountId
         UNION ALL
         SELECT a.id, 'action', a.name, a.project_id, a.definition->>'object' FROM di.action a WHERE a.account_id = :accountId) o
       JOIN di.write_queue w ON w.id = o.id JOIN di.connection c ON c.id = w.connection_id JOIN di.project p ON p.id = o.project_id
       WHERE (CAST(:kind AS text) IS NULL OR o.kind = :kind) AND (CAST(:project AS text) IS NULL OR p.code = :project)
         AND (CAST(:connection AS uuid) IS NULL OR c.id = :connection) AND (CAST(:owner AS uuid) IS NULL OR o.id = :owner))
     SELECT i.*, q.kind, q.id AS owner_id, q.name AS owner_name, q.project, q.object, q.connection_id, q.connection_name
     FROM q CROSS JOIN unnest(CAST(:statuses AS text[])) AS s (status)
     CROSS JOIN LATERAL (
       SELECT i.*, ${FOUND_NO_RECORD} AS found_no_record
       FROM (
         SELECT i.* FROM di.write_item i
         WHERE i.queue_id = q.id AND i.status = s.status AND i.id < CAST(:before AS bigint)
         ORDER BY i.id DESC LIMIT :looked) i
       WHERE (CAST(:noRecord AS boolean) IS NULL OR ${FOUND_NO_RECORD} = :noRecord)
         AND (CAST(:search AS text) IS NULL OR i.person = ANY (:persons) OR i.key = :search)
       LIMIT :limit) i
     ORDER BY i.id DESC LIMIT :limit`,
    {
      ...{ accountId, statuses, before, limit, noRecord, kind: kind ?? null, search: search ?? null },
      ...{ project: project ?? null, connection: connection ?? null, owner: owner ?? null },
      persons: search === undefined ? [] : personsOf(search),
      looked: noRecord === null && search === undefined ? limit : MOST_LOOKED_AT,
    },
  );
  return rows.map((row) => ({ entry: entryOf(row), place: ['', String(row.id)] }));
}

/** Whom a text may name: events know people by address or id, actions by the values that records are matched by. */
const personsOf = (text: string): string[] => [
  text,
  text.toLowerCase(),
  JSON.stringify([text]).toLowerCase(),
];

function entryOf(row: ItemRow): Activity {
  const outcomes = row.outcomes ?? [];
  const telling = outcomes.find(({ kind }) => kind !== 'done') ?? outcomes.at(-1);
  return {
    ...{ id: String(row.id), kind: row.kind, status: statusOf(row), outcome: row.status },
    ...{ at: row.received_at.toISOString(), changedAt: row.received_at.toISOString() },
    owner: { id: row.owner_id, name: row.owner_name },
    project: row.project,
    connection: { id: row.connection_id, name: row.connection_name },
    ...{ object: telling?.object ?? row.object, table: null, key: null, changes: [row.occasion] },
    records: [...new Set(outcomes.flatMap(({ ids }) => ids))],
    ...{ attempts: row.attempts, code: telling?.code ?? null, ...worded(telling?.message ?? null) },
    fields: membersOf(row.body, '', 1).slice(0, MOST_FIELDS),
    counts: null,
    canReplay: row.status === 'failed',
  };
}

function statusOf({ status, found_no_record: foundNone }: ItemRow): ActivityStatus {
  if (status === 'waiting') return 'waiting';
  if (status === 'delivered') return 'done';
  return foundNone ? 'no-record' : 'failed';
}

/** Values of a body by their paths: `traits.email`. */
function membersOf(value: unknown, path: string, depth: number): Activity['fields'] {
  const isOpen = typeof value === 'object' && value !== null && !Array.isArray(value) && depth <= DEEPEST;
  if (!isOpen) return [{ field: path, after: value }];
  return Object.entries(value).flatMap(([name, member]) =>
    membersOf(member, path === '' ? name : `${path}.${name}`, depth + 1),
  );
}
