import type { Knex } from 'knex';
import { isFault, type FaultKind } from '../../inbound/batches/batch-faults.ts';
import { FIRST_REFUSAL, lastComparing, unreached, unwritten } from './failed-work.sql.ts';
import { faultSubjectOf } from './fault-subject.ts';
import type { Failure } from './failures.ts';

/** Items that are read at a time. */
const PAGE = 1000;

/** Columns of what failed, one line an item. */
export const ITEM_COLUMNS = ['item', 'code', 'field', 'message', 'at'] as const;

type Line = readonly [
  item: string,
  code: string | null,
  field: string | null,
  message: string | null,
  at: string,
];

interface ItemRow {
  readonly place: string;
  readonly item: string;
  readonly code: string | null;
  readonly field: string | null;
  readonly message: string | null;
  readonly at: Date;
}

/** A statement that answers items after a place, in the order of their places. */
interface Items {
  readonly text: string;
  readonly values: Readonly<Record<string, Knex.Value>>;
  readonly first: Knex.Value;
}

const SUBJECT = 'CAST(:subject AS uuid)';
const ACCOUNT = 'CAST(:accountId AS uuid)';

/** What stands behind a failure, a page at a time: records by their ids, rows by their keys, items by their own ids. */
export async function* failureItems(knex: Knex, failure: Failure): AsyncGenerator<readonly Line[]> {
  const items = itemsOf(failure);
  if (items === null) {
    yield [[failure.subject, failure.code, null, failure.message, failure.latest.toISOString()]];
    return;
  }
  let after = items.first;
  for (;;) {
    const { rows } = await knex.raw<{ rows: ItemRow[] }>(`${items.text} LIMIT ${PAGE}`, {
      ...items.values,
      after,
    });
    yield rows.map(({ item, code, field, message, at }) => [item, code, field, message, at.toISOString()]);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.place;
  }
}

/** Null where the failure is one thing, and says all there is. */
function itemsOf({ kind, subject, accountId }: Failure): Items | null {
  switch (kind) {
    case 'batch':
    case 'held':
    case 'record':
      return faultItems(kind, subject);
    case 'delivery':
      return deliveries("d.state = 'dead'", { subject });
    case 'opt-out':
      return deliveries(unreached(ACCOUNT), { subject, accountId });
    case 'event':
    case 'action':
      return {
        text: `SELECT i.id::text AS place, i.id::text AS item, r.refusal->>'code' AS code, NULL AS field,
            r.refusal->>'message' AS message, i.finished_at AS at
          FROM di.write_item i
          CROSS JOIN LATERAL (SELECT ${FIRST_REFUSAL} AS refusal) r
          WHERE ${unwritten(kind, SUBJECT, ACCOUNT)} AND i.id > CAST(:after AS bigint) ORDER BY i.id`,
        values: { subject, accountId },
        first: '0',
      };
    case 'comparison':
      return {
        text: `SELECT d.id::text AS place, coalesce(d.salesforce_id, i.record_key::text) AS item, d.kind AS code, d.field,
            d.message, d.at
          FROM (${lastComparing(SUBJECT)}) r
          JOIN di.difference d ON d.run_id = r.id JOIN di.record_identity i ON i.id = d.identity_id
          WHERE d.healed_at IS NULL AND d.id > CAST(:after AS bigint) ORDER BY d.id`,
        values: { subject },
        first: '0',
      };
    case 'import':
    case 'pull':
    case 'deployment':
      return null;
  }
}

function faultItems(kind: FaultKind, subject: string): Items {
  const { connectionId, object, tableCode } = faultSubjectOf(subject);
  return {
    text: `SELECT f.key AS place, f.key AS item, f.code, f.field, f.message, f.at FROM di.batch_fault f
      WHERE f.connection_id = CAST(:connectionId AS uuid) AND f.object = :object AND f.table_code = :tableCode
        AND f.acknowledged_at IS NULL AND ${isFault(kind, 'f')} AND f.key > :after ORDER BY f.key`,
    values: { connectionId, object, tableCode },
    first: '',
  };
}

function deliveries(which: string, values: Items['values']): Items {
  return {
    text: `SELECT d.id::text AS place, i.record_key::text AS item, d.last_code AS code, NULL AS field,
        d.last_message AS message, d.changed_at AS at
      FROM di.integration n
      JOIN di.delivery d ON d.integration_id = n.id
      JOIN di.record_identity i ON i.id = d.identity_id
      WHERE n.id = ${SUBJECT} AND ${which} AND d.id > CAST(:after AS bigint) ORDER BY d.id`,
    values,
    first: '0',
  };
}
