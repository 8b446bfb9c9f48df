import { say } from '../../messages/message.ts';
import type { FollowedColumn } from '../../consent/followed-columns.ts';
import type { OptInWrite } from '../../consent/opt-in-writes.ts';
import { readMoment } from '../../values/check-value.ts';
import type { OrgRecord, SalesforceOrg } from '../../salesforce/org.ts';
import { findRecords } from './records-by-value.ts';
import type { Integration } from '../integrations/integrations.ts';
import type { Seen, Settled } from '../deliveries/outcomes.ts';

/** A delivery that is done but for a look at what the org made of it. */
export interface Unread {
  readonly settled: Settled;
  /** Checkboxes that were written, by the record. */
  readonly written: ReadonlyMap<string, OrgRecord>;
  /** The record that the row came from, written or not; null where there is none. */
  readonly ownId: string | null;
}

/** What was read after the writing. */
export interface ReadAfter {
  readonly settled: Settled[];
  /** Records whose other fields were read too. */
  readonly records: readonly OrgRecord[];
}

/**
 * Reads checkboxes that columns follow, with their records' versions: what was written is known by the version from now on,
 * and what the org did not keep is a failure that can be seen. With them the fields that come back from the rows' own
 * records, since the org may have made something else of them. A call for some nine thousand records.
 *
 * @param others fields that are read of the records that rows were written to; none where nothing comes back
 */
export async function readBack(
  org: SalesforceOrg,
  ending: AbortSignal,
  { object }: Integration,
  followed: readonly FollowedColumn[],
  unread: readonly Unread[],
  others: readonly string[],
): Promise<ReadAfter> {
  const fields = [...new Map(followed.map(({ target: { field } }) => [field.toLowerCase(), field])).values()];
  const whole = others.length === 0 ? [] : unread.flatMap(({ settled }) => wholeOf(settled));
  const ids = [...new Set([...unread.flatMap(recordsOf), ...whole])];
  if (ids.length === 0) return { settled: unread.map(({ settled }) => settled), records: [] };
  const selected = ['SystemModstamp', ...fields, ...others];
  const found = await findRecords(org, ending, object, 'Id', ids, selected);
  const recordOf = (id: string): OrgRecord | undefined => found.get(id.toLowerCase())?.[0];
  const settled = unread.map((each) =>
    each.settled.claim.isConsentChanged || each.written.size > 0
      ? judged(
          each,
          recordsOf(each).flatMap((id) => versionOf(id, fields, recordOf(id))),
        )
      : each.settled,
  );
  const records = [...new Set(whole)].map(recordOf).filter((record) => record !== undefined);
  return { settled, records };
}

/** The record that a row was written to. */
const wholeOf = ({ claim, outcome, salesforceId }: Settled): string[] =>
  salesforceId !== undefined && claim.rowChange !== null && WRITTEN.has(outcome) ? [salesforceId] : [];

const WRITTEN: ReadonlySet<Settled['outcome']> = new Set(['created', 'updated']);

const recordsOf = ({ written, ownId }: Unread): string[] => [
  ...new Set([...written.keys(), ...(ownId === null ? [] : [ownId])]),
];

/** What a record says at its version, by field in lower case. */
interface Version {
  readonly recordId: string;
  readonly modstamp: string;
  readonly values: ReadonlyMap<string, boolean>;
}

/** Nothing of a record that is gone since. */
function versionOf(recordId: string, fields: readonly string[], record: OrgRecord | undefined): Version[] {
  const modstamp = typeof record?.SystemModstamp === 'string' ? readMoment(record.SystemModstamp) : null;
  if (!record || modstamp === null) return [];
  const said = new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));
  const values = fields.flatMap((field) => {
    const value = said.get(field.toLowerCase());
    return typeof value === 'boolean' ? [[field.toLowerCase(), value] as const] : [];
  });
  return [{ recordId, modstamp, values: new Map(values) }];
}

function judged({ settled, written }: Unread, versions: readonly Version[]): Settled {
  const writes: OptInWrite[] = [];
  const seen: Seen[] = [];
  for (const { recordId, modstamp, values } of versions) {
    const wrote = Object.entries(written.get(recordId) ?? {});
    for (const [field, value] of values) {
      seen.push({ recordId, field, value, modstamp });
      const [name = field, asked] = wrote.find(([each]) => each.toLowerCase() === field) ?? [];
      if (typeof asked !== 'boolean') continue;
      if (asked !== value) return notKept(settled, recordId, name, asked);
      writes.push({ recordId, field, value, modstamp, identityId: settled.claim.identityId });
    }
  }
  return { ...settled, read: { writes, seen } };
}

function notKept({ claim }: Settled, recordId: string, field: string, asked: boolean): Settled {
  return {
    claim,
    outcome: 'dead',
    code: 'value-not-kept',
    message: say('deliveries.not-kept', { record: recordId, field, value: String(!asked) }),
  };
}
