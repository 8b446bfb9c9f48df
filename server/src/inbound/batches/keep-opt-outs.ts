import { keyOf } from './record-values.ts';
import { findReturning, restoreOptOuts } from '../../consent/returning-persons.ts';
import type { Session } from '../../database/session.ts';
import { CONTACTS } from '../../projects/tables.ts';
import type { Batch } from './batch.ts';
import type { MappedRecords } from '../../projects/map-records.ts';

/**
 * Records of people who were erased come back with what they withdrew. It comes before rows are moved: which rows are
 * there, and with which addresses, is seen as it was before the batch.
 */
export async function keepOptOuts(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  overtaken: ReadonlySet<string>,
): Promise<void> {
  const { target, mapping } = batch;
  if (target.tableCode !== CONTACTS) return;
  const emails = mapping.columns.flatMap(({ field }, index) => (field.type === 'email' ? [index] : []));
  const arrivals = mapped.rows
    .filter((place) => !overtaken.has(mapped.ids[place] ?? ''))
    .map((place) => ({
      key: keyOf(batch, mapped, place),
      addresses: emails.flatMap((column) => mapped.columns[column]?.[place] ?? []),
      recordId: mapped.ids[place] ?? null,
    }));
  const table = { ...target, id: target.tableId, code: target.tableCode };
  await restoreOptOuts(
    session,
    table,
    await findReturning(session, batch.consentKeys, table, () => arrivals),
  );
}
