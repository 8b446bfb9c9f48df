import { checkEnding } from '../../jobs/interrupted.ts';
import { readMoment } from '../../values/check-value.ts';
import type { BuiltTable } from '../../projects/tables.ts';
import type { OrgField, OrgRecord } from '../../salesforce/org.ts';
import { isEmpty } from '../drain/leave-filled.ts';
import { isOfOtherObject, knownRecord } from '../drain/known-record.ts';
import { compileRowMapping, UnmappedValue, type RowMapping } from '../drain/row-mapping.ts';
import type { Reason } from './comparison-runs.ts';
import type { NewDifference } from './differences.ts';
import type { Ground, Sending } from './ground.ts';
import { deliveryReason } from './look.ts';
import type { Progress } from './progress.ts';
import { recordsById } from './records-by-id.ts';
import { isSameValue } from './same-value.ts';
import { walkRows, type WalkedRow, type Which } from './table-walk.ts';

/** Rows that are read at once. */
const PAGE = 5000;

/** A field that an integration writes of rows, and that no transfer brings back. */
interface SentField {
  readonly column: string;
  readonly field: OrgField;
  readonly onlyWhenEmpty: boolean;
}

interface Sender {
  readonly integrationId: string;
  readonly mapping: RowMapping;
  readonly fields: readonly SentField[];
}

/** What rows are compared with. */
interface Walk {
  readonly ground: Ground;
  readonly table: BuiltTable;
  readonly senders: readonly Sender[];
  /** The integration that makes records of rows that have none. */
  readonly creator: string | null;
  readonly columns: readonly string[];
  readonly fields: readonly string[];
}

/** What became of a row's comparing. */
interface Compared {
  readonly differences: readonly NewDifference[];
  readonly explained: readonly Reason[];
}

/**
 * Looks for the record of each row, in the order of keys, and compares what integrations write and no transfer brings back.
 * Throws SalesforceFault, LeaseLost and Interrupted.
 */
export async function compareRows(ground: Ground, progress: Progress): Promise<void> {
  const { comparison, sendings, ending } = ground;
  if (sendings.length === 0 && comparison.transfer === null) return;
  const walk = walkOf(ground);
  for (let after = progress.place.stage === 'rows' ? progress.place.after : null; ;) {
    checkEnding(ending);
    await ground.run.lease.check();
    const rows = await walkRows(ground, walk.table, walk.columns, { after, limit: PAGE });
    const last = rows.at(-1);
    if (!last) return;
    after = JSON.stringify(last.key);
    const compared = await compareTwice(walk, rows);
    await progress.keep({ stage: 'rows', after }, { rows: rows.length, ...compared });
  }
}

function walkOf(ground: Ground): Walk {
  const { sendings, described, selection, comparison } = ground;
  const senders = sendings
    .filter(({ integration }) => integration.operations.includes('updated'))
    .map((sending) => senderOf(sending, ground));
  const creator = sendings.find(({ integration }) => integration.operations.includes('created'));
  const fields = senders.flatMap((sender) => sender.fields);
  return {
    ...{ ground, table: comparison.table, senders },
    creator: creator?.integration.id ?? null,
    columns: senders.flatMap(({ mapping }) => mapping.columns),
    fields: [
      ...fields.map(({ field }) => field.name),
      ...(selection.type === 'checkbox' ? [selection.field] : []),
    ].filter((name) => described.fields.some((each) => each.name.toLowerCase() === name.toLowerCase())),
  };
}

function senderOf({ integration, twoWay }: Sending, { described }: Ground): Sender {
  return {
    integrationId: integration.id,
    mapping: compileRowMapping(integration, described),
    fields: integration.mapping.flatMap((entry): SentField[] => {
      if (!('column' in entry) || entry.on !== 'always' || twoWay.has(entry.column)) return [];
      const name = entry.salesforceField.toLowerCase();
      const field = described.fields.find((each) => each.name.toLowerCase() === name);
      return field ? [{ column: entry.column, field, onlyWhenEmpty: entry.onlyWhenEmpty === true }] : [];
    }),
  };
}

/** What differs is read again on both sides, as {@link compareRecords} does. */
async function compareTwice(walk: Walk, rows: readonly WalkedRow[]): Promise<Compared> {
  const first = await compareOnce(walk, rows);
  const explained = first.flatMap((each) => each.explained);
  const doubtful = rows.filter((_row, index) => (first[index]?.differences.length ?? 0) > 0);
  if (doubtful.length === 0) return { differences: [], explained };
  const keys = doubtful.map(({ key }) => key);
  const which: Which = { keys };
  const again = await compareOnce(walk, await walkRows(walk.ground, walk.table, walk.columns, which));
  const known = new Set(first.flatMap(({ differences }) => differences.map((each) => JSON.stringify(each))));
  const found = again.flatMap(({ differences }) => differences);
  const differences = found.filter((each) => known.has(JSON.stringify(each)));
  const changing = found.length - differences.length;
  return {
    differences,
    explained: [...explained, ...Array.from({ length: changing }, () => 'changing' as const)],
  };
}

async function compareOnce(walk: Walk, rows: readonly WalkedRow[]): Promise<Compared[]> {
  const ids = rows.map((row) => knownRecord(row, walk.ground));
  const records = await recordsById(
    walk.ground,
    ids.filter((id) => id !== null),
    walk.fields,
  );
  return rows.map((row, index) => {
    const id = ids[index] ?? null;
    return compareRow(walk, row, id, id === null ? undefined : records.get(id));
  });
}

function compareRow(walk: Walk, row: WalkedRow, id: string | null, record: OrgRecord | undefined): Compared {
  // Of a row that came from a lead, say, the comparison with leads tells.
  if (isOfOtherObject(row.rowId, walk.ground)) return { differences: [], explained: [] };
  if (id === null || record === undefined || isGone(walk.ground, record))
    return withoutRecord(walk, row, id, record);
  const compared = walk.senders.map((sender) => compareFields(sender, row, id, record));
  return {
    differences: compared.flatMap(({ differences }) => differences),
    explained: compared.flatMap(({ explained }) => explained),
  };
}

const valueOf = (record: OrgRecord, name: string): unknown =>
  Object.entries(record).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];

function isGone({ selection }: Ground, record: OrgRecord): boolean {
  if (record.IsDeleted === true) return true;
  return selection.type === 'checkbox' && valueOf(record, selection.field) !== true;
}

function withoutRecord(
  { ground, creator }: Walk,
  row: WalkedRow,
  id: string | null,
  record: OrgRecord | undefined,
): Compared {
  const mayTake = id !== null && id === row.rowId && ground.comparison.transfer !== null;
  const isKnownAsGone = id === null && row.isLinkGone;
  if (!mayTake && (creator === null || isKnownAsGone))
    return { differences: [], explained: id === null && !isKnownAsGone ? [] : ['record-deleted'] };
  const reason = deliveryReason(row.deliveries, null) ?? (isRecent(ground, record) ? 'on-its-way' : null);
  if (reason !== null) return { differences: [], explained: [reason] };
  const missing: NewDifference = {
    ...{ kind: 'missing-record', key: row.key, recordId: id, integrationId: creator, mayTake },
    ...{ column: null, field: null, rowValue: null, salesforceValue: null },
  };
  return { differences: [missing], explained: [] };
}

/** What a deletion, or an unchecked checkbox, changes of a row may be on its way. */
function isRecent({ since }: Ground, record: OrgRecord | undefined): boolean {
  const stamp = typeof record?.SystemModstamp === 'string' ? readMoment(record.SystemModstamp) : null;
  return stamp !== null && new Date(stamp) >= since;
}

function compareFields(sender: Sender, row: WalkedRow, id: string, record: OrgRecord): Compared {
  let written: OrgRecord;
  try {
    written = sender.mapping.changedFields(row.values, null);
  } catch (error) {
    if (error instanceof UnmappedValue) return { differences: [], explained: ['rejected'] };
    throw error;
  }
  const differences: NewDifference[] = [];
  const explained: Reason[] = [];
  for (const { column, field, onlyWhenEmpty } of sender.fields) {
    const [ours, theirs] = [written[field.name], valueOf(record, field.name)];
    if (isSameValue(field, ours, theirs) || (onlyWhenEmpty && (!isEmpty(theirs) || isEmpty(ours)))) continue;
    const reason = deliveryReason(row.deliveries, column);
    if (reason !== null) explained.push(reason);
    else
      differences.push({
        ...{ kind: 'field', key: row.key, recordId: id, integrationId: sender.integrationId, mayTake: false },
        ...{ column, field: field.name },
        rowValue: JSON.stringify(ours ?? null),
        salesforceValue: JSON.stringify(theirs ?? null),
      });
  }
  return { differences, explained };
}
