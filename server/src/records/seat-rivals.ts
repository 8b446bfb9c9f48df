import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import { withOrigin } from '../database/origin.ts';
import type { Session } from '../database/session.ts';
import type { MovedRecord, RecordKey } from '../people/record-identities.ts';
import { hasKey, keyFields } from '../people/record-keys.ts';
import type { RivalRule } from '../projects/rival-rule.ts';
import { sqlType } from '../values/field-types.ts';
import { carryWithdrawals } from './follow-changed-keys.ts';
import { placesWithRivals, takeOver, type RivalTable } from './rivals.ts';

/**
 * Gives the rivals that waited at the old key of a row a row of their own: the one that was there went to another key with its
 * record. Whoever withdrew consent under the old key goes on saying no there. Call it in the transaction that moved the row,
 * after its identity followed.
 */
export async function seatRivals(
  session: Session,
  defined: Omit<RivalTable, 'rivals'>,
  moved: MovedRecord,
): Promise<void> {
  const { from, to } = moved;
  const waiting = await placesWithRivals(session, defined.id, [from]);
  if (waiting.size === 0) return;
  const table = { ...defined, rivals: await ruleOf(session, defined.id) };
  await withOrigin(session, await originOf(session, table.id, from), async () => {
    await insertRow(session, table, from);
    const taken = await takeOver(session, table, [{ key: from, away_at: null }], () => undefined);
    // All of them were refused by the database: they wait for their next versions.
    if (taken.length === 0) await deleteRow(session, table, from);
    else await carryWithdrawals(session, table.id, [{ from: to, to: from }]);
  });
}

async function ruleOf(session: Session, tableId: string): Promise<RivalRule> {
  const [found] = await session.query<{ rivals: RivalRule }>(
    'SELECT t.rivals FROM di.project_table t WHERE t.id = $1::uuid',
    [tableId],
  );
  if (!found) throw new Error(`There is no table ${tableId}.`);
  return found.rivals;
}

/** The connection by which the rivals of a key came; of several, one. */
async function originOf(session: Session, tableId: string, key: RecordKey): Promise<string> {
  const [found] = await session.query<{ origin: string | null }>(
    `SELECT coalesce(
       (SELECT v.connection_id FROM di.rival v
        WHERE v.table_id = $1::uuid AND v.record_key = $2::jsonb AND v.connection_id IS NOT NULL ORDER BY 1 LIMIT 1),
       (SELECT x.connection_id FROM di.transfer x WHERE x.table_id = $1::uuid ORDER BY 1 LIMIT 1)) AS origin`,
    [tableId, JSON.stringify(key)],
  );
  return found?.origin ?? '';
}

async function insertRow(session: Session, table: RivalTable, key: RecordKey): Promise<void> {
  const fields = keyFields(table);
  const names = fields.map(({ name }) => quoteIdentifier(name));
  const values = fields.map((field, index) => `$${index + 1}::${sqlType(field)}`);
  await session.query(
    `INSERT INTO ${quoteTable(table.schemaName, table.code)} (${names.join(', ')}) VALUES (${values.join(', ')})`,
    fields.map(({ name }) => String(key[name])),
  );
}

async function deleteRow(session: Session, table: RivalTable, key: RecordKey): Promise<void> {
  await session.query(
    `DELETE FROM ${quoteTable(table.schemaName, table.code)} r WHERE ${hasKey(keyFields(table), 'r', '$1::jsonb')}`,
    [JSON.stringify(key)],
  );
}
