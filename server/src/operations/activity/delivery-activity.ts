import type { Knex } from 'knex';
import { z } from 'zod';
import { worded } from '../../messages/message-answer.ts';
import type { RecordKey } from '../../people/record-identities.ts';
import { parseExactly } from '../../values/exact-numbers.ts';
import type { Activity, ActivitySelection, ActivityStatus } from './activity-schema.ts';
import type { Page, Placed } from './activity-page.ts';

/** Where deliveries are read from: what waits, what failed or found nobody, and what was sent. */
export const DELIVERY_SOURCES = ['waiting', 'open', 'sent'] as const;
export type DeliverySource = (typeof DELIVERY_SOURCES)[number];

/** What each source has of each status, by outcome. */
const OUTCOMES: Readonly<Record<DeliverySource, Partial<Record<ActivityStatus, readonly string[]>>>> = {
  waiting: { waiting: ['pending'] },
  open: { 'no-record': ['unreached'], failed: ['dead'] },
  sent: { done: ['created', 'updated', 'deleted'], 'no-record': ['no-record', 'gone'] },
};

const OF_DELIVERY = `d.id, d.state AS outcome, d.changed_at, d.identity_id, d.row_change, d.is_consent_changed, d.attempts,
  d.last_code AS code, d.last_message AS message, d.salesforce_id AS record_id, d.sent_fields AS fields, d.base::text AS base`;
const IS_MEANT = '(CAST(:identities AS uuid[]) IS NULL OR d.identity_id = ANY (CAST(:identities AS uuid[])))';
/** By the index that each has. */
const READ: Readonly<Record<DeliverySource, string>> = {
  waiting: `SELECT ${OF_DELIVERY}, d.due_at AS at FROM di.delivery d
    WHERE d.integration_id = g.id AND d.state = 'pending' AND (d.due_at, d.id) < (:at::timestamptz, :id::bigint) AND ${IS_MEANT}
    ORDER BY d.due_at DESC, d.id DESC LIMIT :limit`,
  open: `SELECT ${OF_DELIVERY}, d.changed_at AS at FROM di.delivery d
    WHERE d.integration_id = g.id AND d.state <> 'pending' AND d.state = ANY (:outcomes)
      AND (d.changed_at, d.id) < (:at::timestamptz, :id::bigint) AND ${IS_MEANT}
    ORDER BY d.changed_at DESC, d.id DESC LIMIT :limit`,
  sent: `SELECT d.delivery_id AS id, d.outcome, d.changed_at, d.identity_id, d.row_change, d.is_consent_changed, d.attempts,
      NULL AS code, NULL AS message, d.record_id, d.fields, d.base, d.sent_at AS at FROM di.sent_delivery d
    WHERE d.integration_id = g.id AND d.outcome = ANY (:outcomes)
      AND (d.sent_at, d.delivery_id) < (:at::timestamptz, :id::bigint) AND ${IS_MEANT}
    ORDER BY d.sent_at DESC, d.delivery_id DESC LIMIT :limit`,
};

interface DeliveryRow {
  readonly id: string;
  readonly outcome: string;
  readonly at: Date;
  readonly place: string;
  readonly changed_at: Date;
  readonly row_change: string | null;
  readonly is_consent_changed: boolean;
  readonly attempts: number;
  readonly code: string | null;
  readonly message: string | null;
  readonly record_id: string | null;
  readonly fields: string | null;
  readonly base: string | null;
  readonly record_key: RecordKey;
  readonly owner_id: string;
  readonly owner_name: string;
  readonly object: string;
  readonly mapping: readonly { readonly salesforceField: string; readonly column?: string }[];
  readonly project: string;
  readonly table_code: string;
  readonly connection_id: string;
  readonly connection_name: string;
}

/**
 * Deliveries of an account from one source, the latest first.
 *
 * @param identities whose; null for everybody’s
 */
export async function deliveryActivity(
  knex: Knex,
  accountId: string,
  source: DeliverySource,
  { status, project, connection, owner }: ActivitySelection,
  identities: readonly string[] | null,
  { place: [at, id] = ['infinity', '9223372036854775807'], limit }: Page,
): Promise<Placed[]> {
  const outcomes = Object.entries(OUTCOMES[source]).flatMap(([of, all]) =>
    status === undefined || of === status ? all : [],
  );
  if (outcomes.length === 0) return [];
  const { rows } = await knex.raw<{ rows: DeliveryRow[] }>(
    `WITH g AS MATERIALIZED (
       SELECT g.id, g.name, g.object, g.mapping, c.id AS connection_id, c.name AS connection_name, p.code AS project,
         coalesce(t.built->>'code', t.code) AS table_code
       FROM di.integration g JOIN di.connection c ON c.id = g.connection_id
       JOIN di.project_table t ON t.id = g.table_id JOIN di.project p ON p.id = t.project_id
       WHERE c.account_id = :accountId AND (CAST(:project AS text) IS NULL OR p.code = :project)
         AND (CAST(:connection AS uuid) IS NULL OR c.id = :connection) AND (CAST(:owner AS uuid) IS NULL OR g.id = :owner))
     SELECT d.*, d.id::text AS id, d.at::text AS place, coalesce(d.record_id, l.salesforce_id) AS record_id, i.record_key,
       g.id AS owner_id, g.name AS owner_name, g.object, g.mapping, g.project, g.table_code, g.connection_id, g.connection_name
     FROM g CROSS JOIN LATERAL (${READ[source]}) d
     JOIN di.record_identity i ON i.id = d.identity_id
     LEFT JOIN di.record_link l ON l.identity_id = d.identity_id AND l.connection_id = g.connection_id AND l.object = g.object
     ORDER BY d.at DESC, d.id DESC LIMIT :limit`,
    {
      ...{ accountId, outcomes, at, id, limit, identities: identities && [...identities] },
      ...{ project: project ?? null, connection: connection ?? null, owner: owner ?? null },
    },
  );
  return rows.map((row) => ({ entry: entryOf(row), place: [row.place, row.id] }));
}

const STATUSES = new Map(
  Object.values(OUTCOMES).flatMap((byStatus) =>
    Object.entries(byStatus).flatMap(([status, all]) => all.map((outcome) => [outcome, status] as const)),
  ),
) as ReadonlyMap<string, ActivityStatus>;

function entryOf(row: DeliveryRow): Activity {
  const sent = membersOf(row.fields);
  const record = row.record_id ?? (typeof sent?.Id === 'string' ? sent.Id : null);
  return {
    ...{ id: row.id, kind: 'delivery', status: STATUSES.get(row.outcome) ?? 'done', outcome: row.outcome },
    ...{ at: row.at.toISOString(), changedAt: row.changed_at.toISOString() },
    owner: { id: row.owner_id, name: row.owner_name },
    project: row.project,
    connection: { id: row.connection_id, name: row.connection_name },
    ...{ object: row.object, table: row.table_code, key: row.record_key },
    changes: [
      ...(row.row_change === null ? [] : [row.row_change]),
      ...(row.is_consent_changed ? ['consent'] : []),
    ],
    records: record === null ? [] : [record],
    ...{ attempts: row.attempts, code: row.code, ...worded(row.message) },
    fields: fieldsOf(row, sent),
    counts: null,
    canReplay: row.outcome === 'dead' || row.outcome === 'unreached',
  };
}

/** What was sent by field, with what its column was before; of what was never sent, what it was before. */
function fieldsOf({ outcome, base, mapping }: DeliveryRow, sent: Members | null): Activity['fields'] {
  const before = new Map(outcome === 'created' ? [] : Object.entries(membersOf(base) ?? {}));
  const columns = new Map(
    mapping.flatMap(({ salesforceField, column }) =>
      column === undefined ? [] : [[salesforceField.toLowerCase(), column] as const],
    ),
  );
  if (sent === null)
    return mapping.flatMap(({ salesforceField: field, column }) =>
      column !== undefined && before.has(column) ? [{ field, before: before.get(column) }] : [],
    );
  return Object.entries(sent).flatMap(([field, after]) => {
    if (field === 'Id') return [];
    const column = columns.get(field.toLowerCase());
    return column !== undefined && before.has(column)
      ? [{ field, before: before.get(column), after }]
      : [{ field, after }];
  });
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(json: string | null): Members | null {
  return json === null
    ? null
    : (z.record(z.string(), z.unknown()).safeParse(parseExactly(json)).data ?? null);
}
