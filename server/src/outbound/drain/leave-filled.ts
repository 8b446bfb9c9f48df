import type { OrgRecord, SalesforceOrg } from '../../salesforce/org.ts';
import { findRecords } from './records-by-value.ts';
import type { Integration } from '../integrations/integrations.ts';
import type { Settled } from '../deliveries/outcomes.ts';
import type { Resolved, Write } from './resolve.ts';

/** Takes out of writes what their records have a value for, of fields that are written only where there is none. */
export async function leaveFilled(
  org: SalesforceOrg,
  ending: AbortSignal,
  { object, mapping, matching }: Integration,
  resolved: Resolved,
): Promise<Resolved> {
  const filled = mapping.flatMap((entry) => (entry.onlyWhenEmpty === true ? [entry.salesforceField] : []));
  if (filled.length === 0) return resolved;
  const names = new Set(filled.map((name) => name.toLowerCase()));
  const fills = ({ record }: Write): boolean =>
    Object.keys(record).some((name) => names.has(name.toLowerCase()));
  const updates = resolved.writes.filter((write) => write.operation === 'update' && fills(write));
  const upserts = resolved.writes.filter((write) => write.operation === 'upsert' && fills(write));
  if (updates.length + upserts.length === 0) return resolved;
  const present = new Map<Write, OrgRecord>();
  const read = async (field: string, writes: readonly Write[]): Promise<void> => {
    if (writes.length === 0) return;
    const values = writes.map(({ record }) => String(record[field]));
    const found = await findRecords(org, ending, object, field, values, filled);
    for (const write of writes) {
      const [record] = found.get(String(write.record[field]).toLowerCase()) ?? [];
      if (record) present.set(write, record);
    }
  };
  await read('Id', updates);
  if (matching.by === 'external-id') await read(matching.field, upserts);
  const settled: Settled[] = [];
  const writes = resolved.writes.flatMap((write) => {
    const record = present.get(write);
    if (record === undefined) return [write];
    const left = withoutFilled(write.record, names, record);
    if (write.operation !== 'update' || Object.keys(left).length > 1) return [{ ...write, record: left }];
    const { claim, isOwn } = write;
    settled.push({
      claim,
      outcome: 'unneeded',
      ...(isOwn && typeof left.Id === 'string' ? { salesforceId: left.Id } : {}),
    });
    return [];
  });
  return { ...resolved, writes, settled: [...resolved.settled, ...settled], hasAsked: true };
}

/** Whether a field of a record has no value. */
export const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === '';

function withoutFilled(written: OrgRecord, names: ReadonlySet<string>, record: OrgRecord): OrgRecord {
  const present = new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));
  const isLeft = (name: string): boolean =>
    names.has(name.toLowerCase()) && !isEmpty(present.get(name.toLowerCase()));
  return Object.fromEntries(Object.entries(written).filter(([name]) => !isLeft(name)));
}
