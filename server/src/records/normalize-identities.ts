import { quoteLiteral } from '../database/identifiers.ts';
import type { Session } from '../database/session.ts';
import { salesforceId } from '../values/salesforce-id.ts';
import { followMovedRecords } from './follow-changed-keys.ts';
import type { SpelledTable } from './spelled-table.ts';
import type { MovedRecord, RecordKey } from '../people/record-identities.ts';
import { keyFields } from '../people/record-keys.ts';
import { isSpelled, mayKeySpellOtherwise, normalizedKey } from '../people/spelling.ts';

/** Identities that are read and moved at a time. */
const PAGE = 2000;

/**
 * Lets who rows are follow them into the spelling of their keys. Whoever is known without a row goes along: an opt-out of
 * somebody who is not there yet stands for the row that comes. Rows that stand double keep who they are.
 */
export async function normalizeIdentities(session: Session, table: SpelledTable): Promise<void> {
  const fields = keyFields(table);
  const spelled = fields.filter(isSpelled);
  if (spelled.length === 0) return;
  await session.query(
    `DECLARE di_identities NO SCROLL CURSOR FOR
     SELECT i.id, i.record_key FROM di.record_identity i
     WHERE i.table_id = ${quoteLiteral(table.id)}::uuid AND (${spelled.map((field) => mayKeySpellOtherwise(field, 'i.record_key')).join(' OR ')})
       AND NOT EXISTS (
         SELECT FROM di.duplicate_row d
         WHERE d.table_id = i.table_id AND d.field_id IS NULL AND d.record_key = i.record_key)
     ORDER BY i.id`,
  );
  for (;;) {
    const page = await session.query<Identity>(`FETCH ${PAGE} FROM di_identities`);
    if (page.length === 0) break;
    const moving = page.flatMap(({ id, record_key: from }): Move[] => {
      const to = normalizedKey(fields, from);
      return fields.some(({ name }) => from[name] !== to[name]) ? [{ id, from, to }] : [];
    });
    const moved = await takeFreeKeys(session, table.id, moving);
    await followMovedRecords(
      session,
      table.id,
      moving.filter(({ id }) => !moved.has(id)),
    );
  }
  await session.query('CLOSE di_identities');
}

interface Identity {
  readonly id: string;
  readonly record_key: RecordKey;
}

interface Move extends MovedRecord {
  readonly id: string;
}

/** Nearly everybody takes a key that nobody has, by one statement; answers who did. The others are one with who has it. */
async function takeFreeKeys(
  session: Session,
  tableId: string,
  moves: readonly Move[],
): Promise<ReadonlySet<string>> {
  const first = new Map(moves.map(({ id, to }) => [JSON.stringify(to), id] as const).reverse());
  const moved = await session.query<{ id: string }>(
    `UPDATE di.record_identity i SET record_key = m.record_key::jsonb
     FROM unnest($2::uuid[], $3::text[]) AS m (id, record_key)
     WHERE i.id = m.id AND NOT EXISTS (
       SELECT FROM di.record_identity o WHERE o.table_id = $1::uuid AND o.record_key = m.record_key::jsonb)
     RETURNING i.id`,
    [tableId, [...first.values()], [...first.keys()]],
  );
  return new Set(moved.map(({ id }) => id));
}

/** Deleted records are known by their ids of 18 characters. */
export async function normalizeTombstones(session: Session, tableId: string): Promise<void> {
  const short = await session.query<{ id: string }>(
    `SELECT salesforce_id AS id FROM di.tombstone WHERE table_id = $1::uuid AND char_length(salesforce_id) <> 18`,
    [tableId],
  );
  const moves = short.flatMap(({ id }) => {
    const whole = salesforceId(id);
    return whole === null ? [] : [{ id, whole }];
  });
  if (moves.length === 0) return;
  await session.query(
    `WITH moved AS (
       DELETE FROM di.tombstone t USING unnest($2::text[], $3::text[]) AS m (id, whole)
       WHERE t.table_id = $1::uuid AND t.salesforce_id = m.id
       RETURNING m.whole, t.deleted_at, t.is_erasure)
     INSERT INTO di.tombstone AS t (table_id, salesforce_id, deleted_at, is_erasure)
     SELECT $1::uuid, whole, max(deleted_at), bool_or(is_erasure) FROM moved GROUP BY whole
     ON CONFLICT (table_id, salesforce_id) DO UPDATE
       SET deleted_at = greatest(t.deleted_at, EXCLUDED.deleted_at), is_erasure = t.is_erasure OR EXCLUDED.is_erasure`,
    [tableId, moves.map(({ id }) => id), moves.map(({ whole }) => whole)],
  );
}
