import { batchOf } from '../../inbound/pulls/pulled-records.ts';
import { canBulk, countRecords, mappedFields, queriesById } from '../../inbound/pulls/selection.ts';
import type { Wanted } from '../../inbound/batches/target.ts';
import type { CompiledTarget } from '../../inbound/batches/targets.ts';
import type { BatchBody } from '../../inbound/batches/batch-body.ts';
import { checkEnding } from '../../jobs/interrupted.ts';
import { SalesforceFault, type OrgRecord } from '../../salesforce/org.ts';
import type { NewDifference } from './differences.ts';
import type { Ground, Sending } from './ground.ts';
import { inBoth, lookAtRecords, type Seen } from './look.ts';
import type { Progress } from './progress.ts';
import { recordsById } from './records-by-id.ts';

/** Records of one REST query, and of one job of the Bulk API. */
const PAGE = 2000;
const JOB = 50_000;

/** Compares each record of the selection with its row, by the transfer, in the order of ids. Throws SalesforceFault, LeaseLost and Interrupted. */
export async function compareRecords(ground: Ground, progress: Progress): Promise<void> {
  const { comparison, org, described, selection, run, ending } = ground;
  if (comparison.transfer === null) return;
  const fields = mappedFields(comparison.transfer.mapping);
  const queries = queriesById(selection, described.name, fields);
  const expected = run.row.expected ?? (await countRecords(org, queries));
  await run.lease.keep({ expected });
  const maps = canBulk(described, queries.fields);
  for (let isMore = true; isMore;) {
    checkEnding(ending);
    const isBulk = maps && expected - progress.records >= ground.bulkThreshold;
    const limit = isBulk ? JOB : PAGE;
    const soql = queries.after(progress.place.after, limit);
    let read = 0;
    for await (const page of isBulk ? org.queryBulk(soql, described.fields) : org.query(soql)) {
      checkEnding(ending);
      if (page.length > 0) await comparePage(ground, progress, queries.fields, page);
      read += page.length;
    }
    isMore = read >= limit;
  }
}

async function comparePage(
  ground: Ground,
  progress: Progress,
  fields: readonly string[],
  page: readonly OrgRecord[],
): Promise<void> {
  const ids = page.map(({ Id: id }) => String(id));
  checkOrder(progress.place.after, ids);
  const compiled = await compiledFor(ground, fields);
  const first = await lookAtRecords(
    ground.database.pool,
    compiled,
    bodyOf(ground, fields, page),
    ground.since,
  );
  const seen = await lookTwice(ground, compiled, fields, first);
  await progress.keep(
    { stage: 'records', after: ids.at(-1) ?? null },
    {
      records: page.length,
      explained: seen.flatMap(({ explained }) => [...explained]),
      differences: seen.flatMap((each) => differencesOf(ground.sendings, compiled, each)),
    },
  );
}

/** A reading goes on after the last id that it has seen: an org that counts otherwise would have records left out. */
function checkOrder(after: string | null, ids: readonly string[]): void {
  let last = after ?? '';
  for (const id of ids) {
    if (id <= last)
      throw new SalesforceFault('give-up', 'unexpected-order', `Salesforce answered ${id} after ${last}.`);
    last = id;
  }
}

/** The transfer as batches of the compared records name it. */
export const wantedOf = ({ comparison, org, described }: Ground): Wanted => ({
  connectionId: comparison.connectionId,
  organizationId: org.organizationId,
  tableCode: comparison.table.code,
  object: described.name,
});

/** The transfer's mapping as the transfer's batches are mapped. Throws a problem where it takes nothing now. */
export function compiledFor(ground: Ground, fields: readonly string[]): Promise<CompiledTarget> {
  return ground.targets.find(wantedOf(ground), bodyOf(ground, fields, []).fields);
}

const bodyOf = ({ described }: Ground, fields: readonly string[], page: readonly OrgRecord[]): BatchBody =>
  batchOf(described.name, { fields, withDeleted: false, checkbox: null }, page).body;

/** What differs is read again on both sides: what changed between the reading of one and of the other is no difference. */
async function lookTwice(
  ground: Ground,
  compiled: CompiledTarget,
  fields: readonly string[],
  first: ReadonlyMap<string, Seen>,
): Promise<readonly Seen[]> {
  const doubtful = [...first.values()].filter(
    ({ isMissing, fields: found }) => isMissing || found.length > 0,
  );
  if (doubtful.length === 0) return [...first.values()];
  const again = await recordsById(
    ground,
    doubtful.map(({ id }) => id),
    fields,
  );
  const living = [...again.values()].filter(({ IsDeleted: isDeleted }) => isDeleted !== true);
  const second = await lookAtRecords(
    ground.database.pool,
    compiled,
    bodyOf(ground, fields, living),
    ground.since,
  );
  return [...first.values()].flatMap((each) =>
    doubtful.includes(each) ? (inBoth(each, second.get(each.id)) ?? []) : [each],
  );
}

/** What is listed of a record. */
export function differencesOf(
  sendings: readonly Sending[],
  { mapping }: CompiledTarget,
  { id, key, isMissing, fields }: Seen,
): NewDifference[] {
  if (key === null) return [];
  const shared = { key, recordId: id, mayTake: true };
  if (isMissing)
    return [
      {
        ...{ ...shared, kind: 'missing-row', integrationId: null },
        ...{ column: null, field: null, rowValue: null, salesforceValue: null },
      },
    ];
  return fields.map(({ column, ours, theirs }) => ({
    ...{ ...shared, kind: 'field', column },
    field: mapping.columns.find(({ field }) => field.name === column)?.source ?? null,
    integrationId: senderOf(sendings, column),
    rowValue: ours,
    salesforceValue: theirs,
  }));
}

/** The integration that writes a column to the field that it comes from. */
function senderOf(sendings: readonly Sending[], column: string): string | null {
  const sender = sendings.find(
    ({ integration, twoWay }) =>
      twoWay.has(column) &&
      integration.operations.includes('updated') &&
      integration.mapping.some(
        (entry) => 'column' in entry && entry.column === column && entry.on === 'always',
      ),
  );
  return sender?.integration.id ?? null;
}
