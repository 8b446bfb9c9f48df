import { quoteTable } from '../../database/identifiers.ts';
import type { Session } from '../../database/session.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { RecordVersion } from '../../records/rivals.ts';
import type { Batch } from './batch.ts';

/** Records of a batch that have no primary key. */
export interface Keyless {
  /** Those that had one: they leave their rows as archived ones do. */
  readonly known: readonly RecordVersion[];
  /** How many have had none for longer, and are left out. */
  readonly unknown: number;
}

/**
 * Tells records that lost their key from those that never had one. Which of the transfer's records are left out is kept, so
 * that each is counted once, however often it comes.
 *
 * @param hasLeftOut whether any record of the transfer was left out before
 */
export async function findKeyless(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  hasLeftOut: boolean,
): Promise<Keyless> {
  const ids = mapped.keyless.flatMap((place) => mapped.ids[place] ?? []);
  if (ids.length === 0 && !hasLeftOut) return { known: [], unknown: 0 };
  const known = await knownOf(session, batch, ids);
  await keepLeftOut(
    session,
    batch,
    mapped,
    ids.filter((id) => !known.has(id)),
  );
  return {
    known: mapped.keyless.flatMap((place): RecordVersion[] => {
      const id = mapped.ids[place] ?? '';
      return known.has(id) ? [[id, mapped.stamps[place] ?? '']] : [];
    }),
    unknown: ids.length - known.size,
  };
}

/** Of some records those that have a row, or are kept as rivals, and count. */
async function knownOf(
  session: Session,
  { target }: Batch,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await session.query<{ id: string }>(
    `SELECT r."_salesforce_id" AS id FROM ${quoteTable(target.schemaName, target.tableCode)} r
     WHERE r."_salesforce_id" = ANY ($2::text[]) AND r."_archived_at" IS NULL
     UNION SELECT v.salesforce_id FROM di.rival v
     WHERE v.table_id = $1::uuid AND v.salesforce_id = ANY ($2::text[]) AND v.away_at IS NULL`,
    [target.tableId, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

async function keepLeftOut(
  session: Session,
  { target, body }: Batch,
  mapped: MappedRecords,
  leftOut: readonly string[],
): Promise<void> {
  const out = new Set(leftOut);
  const others = [...mapped.ids, ...body.archives.map(([id]) => id), ...body.deletes.map(({ id }) => id)];
  await session.query(
    'DELETE FROM di.left_out l WHERE l.transfer_id = $1::uuid AND l.salesforce_id = ANY ($2::text[])',
    [target.transferId, others.filter((id) => !out.has(id))],
  );
  if (leftOut.length === 0) return;
  await session.query(
    `INSERT INTO di.left_out (transfer_id, salesforce_id) SELECT $1::uuid, u.id FROM unnest($2::text[]) AS u (id)
     ORDER BY 2 ON CONFLICT DO NOTHING`,
    [target.transferId, leftOut],
  );
}
