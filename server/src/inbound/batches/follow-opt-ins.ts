import { currentConsents, valuesOf } from '../../consent/current-consents.ts';
import { setForPersons, setForRecords, type FollowedColumn } from '../../consent/followed-columns.ts';
import { asBoolean, keyOf } from './record-values.ts';
import type { OptInField } from '../../consent/opt-in-fields.ts';
import { forgetOptInWrites, writesMet, type MetWrite } from '../../consent/opt-in-writes.ts';
import { noteUndone, type Undone } from './raised-in-salesforce.ts';
import { quoteTable } from '../../database/identifiers.ts';
import type { Session } from '../../database/session.ts';
import { keyFields } from '../../people/record-keys.ts';
import type { Batch } from './batch.ts';
import type { MappedRecords } from '../../projects/map-records.ts';

/** A checkbox that an integration writes. */
export type WrittenOptIn = OptInField & { readonly integration: string };

type WrittenColumn = FollowedColumn & { readonly target: WrittenOptIn };

/**
 * Rows that a batch has just written say of consent what DI says, where a delivery still waits, and where the batch was
 * read before the last one arrived; what somebody in Salesforce has changed since is theirs. It comes after the rows: of two
 * that meet on a row one waits for the other, and this sees what the other has noted.
 *
 * @param rows places of the records that were written
 * @param rivals places of those that are kept without a row, and maybe of others that are not written
 */
export async function followOptIns(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  rows: readonly number[],
  rivals: readonly number[],
  written: readonly WrittenOptIn[],
): Promise<void> {
  const gone = batch.body.deletes.flatMap(({ id }) => written.map(({ field }) => ({ recordId: id, field })));
  await forgetOptInWrites(session, batch.target.connectionId, gone);
  const columns = columnsOf(batch, written);
  if (columns.length === 0) return;
  await followOlder(session, await met(session, batch, mapped, rivals), columns);
  if (rows.length === 0) return;
  await followWrites(session, batch, mapped, rows, columns);
  await followWaiting(session, batch, mapped, rows, columns);
}

/** Columns of the batch that are made of a checkbox that DI writes, and of nothing else. */
function columnsOf({ target, mapping, body }: Batch, written: readonly WrittenOptIn[]): WrittenColumn[] {
  const table = quoteTable(target.schemaName, target.tableCode);
  const key = keyFields(target);
  return mapping.columns.flatMap(({ field: column, place, coerce }) => {
    const name = place === null ? undefined : body.fields[place]?.toLowerCase();
    if (key.includes(column)) return [];
    return written
      .filter(({ field }) => field.toLowerCase() === name)
      .map((optIn) => ({
        ...{ connectionId: target.connectionId, tableId: target.tableId },
        ...{ target: optIn, table, key, column, coerce },
      }));
  });
}

/** A record that was read before DI's write does not take it back; a later one that says otherwise does. */
async function followWrites(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  rows: readonly number[],
  columns: readonly WrittenColumn[],
): Promise<void> {
  const writes = await met(session, batch, mapped, rows);
  if (writes.length === 0) return;
  const older = await followOlder(session, writes, columns);
  const doubtful = older.filter(
    (write) => write.isOfSameSecond && saysOtherwise(batch, write, rows[write.place] ?? -1),
  );
  await tellAgain(session, batch.target.projectId, doubtful, columns);
  const undone = writes.flatMap((write) => undoneBy(batch, write, rows[write.place] ?? -1));
  await noteUndone(
    session,
    batch,
    mapped,
    undone,
    columns.map(({ target }) => target),
  );
}

/** What DI wrote to records of the batch. */
async function met(
  session: Session,
  { target }: Batch,
  mapped: MappedRecords,
  places: readonly number[],
): Promise<MetWrite[]> {
  if (places.length === 0) return [];
  return writesMet(session, target.connectionId, {
    ids: places.map((place) => mapped.ids[place] ?? ''),
    stamps: places.map((place) => mapped.stamps[place] ?? ''),
  });
}

/** Lets columns say what was written after the versions that came were read; answers those writes. */
async function followOlder(
  session: Session,
  writes: readonly MetWrite[],
  columns: readonly WrittenColumn[],
): Promise<MetWrite[]> {
  const older = writes.filter(({ isOlder }) => isOlder);
  for (const column of columns)
    await setForRecords(
      session,
      column,
      older.filter(({ field }) => field === column.target.field.toLowerCase()),
    );
  return older;
}

/** What a later version of a record has otherwise than DI wrote it. */
function undoneBy(batch: Batch, write: MetWrite, place: number): Undone[] {
  const now = checkboxOf(batch, write, place);
  return write.isOlder || now === null || now === write.value ? [] : [{ ...write, place, now }];
}

function checkboxOf({ body }: Batch, { field }: MetWrite, place: number): boolean | null {
  const column = body.fields.findIndex((name) => name.toLowerCase() === field);
  return asBoolean(body.upserts[place]?.[column]);
}

function saysOtherwise(batch: Batch, write: MetWrite, place: number): boolean {
  const now = checkboxOf(batch, write, place);
  return now !== null && now !== write.value;
}

/**
 * A version that says otherwise in the second of the write was read before it, or somebody was as quick as DI. That is not
 * told from the version: the checkbox is written once more where the org does not say by now what the person does.
 */
async function tellAgain(
  session: Session,
  projectId: string,
  doubtful: readonly MetWrite[],
  columns: readonly WrittenColumn[],
): Promise<void> {
  const told = doubtful.flatMap(({ identityId, field }) =>
    columns
      .filter(({ target }) => target.field.toLowerCase() === field)
      .map(({ target }) => ({ identityId, optIn: target.optIn })),
  );
  if (told.length === 0) return;
  await session.query(
    `SELECT di.note_consent(array_agg(c.opt_in_id), array_agg(c.identity_id)) FROM (
       SELECT DISTINCT c.opt_in_id, c.identity_id FROM unnest($2::uuid[], $3::text[]) AS t (identity_id, opt_in)
       JOIN di.consent c ON c.identity_id = t.identity_id
       JOIN di.opt_in o ON o.id = c.opt_in_id AND o.project_id = $1::uuid AND o.code = coalesce(t.opt_in, o.code)) c
     HAVING count(*) > 0`,
    [projectId, told.map(({ identityId }) => identityId), told.map(({ optIn }) => optIn)],
  );
}

/** Persons of whom the org has not heard yet go before what it says of them. */
async function followWaiting(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  rows: readonly number[],
  columns: readonly WrittenColumn[],
): Promise<void> {
  const { tableId, projectId } = batch.target;
  const integrations = [...new Set(columns.map(({ target }) => target.integration))];
  if (!(await areWaiting(session, integrations))) return;
  const keys = rows.map((place) => keyOf(batch, mapped, place));
  for (const integration of integrations) {
    const waiting = await waitingOf(session, integration, tableId, keys);
    if (waiting.size === 0) continue;
    const consents = await currentConsents(session, projectId, waiting);
    for (const column of columns.filter(({ target }) => target.integration === integration))
      await setForPersons(session, column, valuesOf(column, consents));
  }
}

async function areWaiting(session: Session, integrations: readonly string[]): Promise<boolean> {
  const found = await session.query(
    'SELECT FROM di.delivery d WHERE d.integration_id = ANY ($1::uuid[]) AND d.is_consent_changed LIMIT 1',
    [integrations],
  );
  return found.length > 0;
}

/** Of some keys the persons whose consent the org has not heard yet, with the opt-ins; null for every one. */
async function waitingOf(
  session: Session,
  integration: string,
  tableId: string,
  keys: readonly object[],
): Promise<Map<string, string[] | null>> {
  const rows = await session.query<{ identity_id: string; changed_opt_ins: string[] | null }>(
    `SELECT d.identity_id, d.changed_opt_ins
     FROM jsonb_array_elements($3::jsonb) AS k (record_key)
     CROSS JOIN LATERAL (
       SELECT n.id FROM di.record_identity n WHERE n.table_id = $2::uuid AND n.record_key = k.record_key OFFSET 0) i
     CROSS JOIN LATERAL (
       SELECT o.identity_id, o.changed_opt_ins FROM di.delivery o
       WHERE o.integration_id = $1::uuid AND o.identity_id = i.id AND o.is_consent_changed OFFSET 0) d`,
    [integration, tableId, JSON.stringify(keys)],
  );
  return new Map(rows.map((row) => [row.identity_id, row.changed_opt_ins]));
}
