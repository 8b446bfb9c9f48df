import type { OrgObject, SalesforceOrg } from '../../salesforce/org.ts';
import { findRecords } from './records-by-value.ts';

/** Merges in a row that are followed: somebody who cleans up an org merges into what was merged before. */
const MAX_MERGES = 10;

/** What became of a record that was deleted: the record that it was merged into, by the deleted one's id. */
export type Successors = ReadonlyMap<string, string>;

/**
 * Follows deleted records to the living ones that they were merged into, by *MasterRecordId*, which accounts, contacts,
 * leads and cases have. A call for some nine thousand records, for each merge in a row.
 */
export async function successorsOf(
  org: SalesforceOrg,
  ending: AbortSignal,
  object: OrgObject | null,
  ids: readonly string[],
): Promise<Successors> {
  if (!object?.fields.some(({ name }) => name === 'MasterRecordId')) return new Map();
  const living = new Map<string, string>();
  // Where each of the deleted records leads to so far.
  let open = new Map(ids.map((id) => [id, id]));
  for (let merges = 0; merges <= MAX_MERGES && open.size > 0; merges++) {
    const asked = [...new Set(open.values())];
    const found = await findRecords(org, ending, object.name, 'Id', asked, ['IsDeleted', 'MasterRecordId'], {
      all: true,
    });
    const next = new Map<string, string>();
    for (const [id, at] of open) {
      const [record] = found.get(at.toLowerCase()) ?? [];
      if (record?.IsDeleted === false && at !== id) living.set(id, at);
      else if (record?.IsDeleted === true && typeof record.MasterRecordId === 'string')
        next.set(id, record.MasterRecordId);
    }
    open = next;
  }
  return living;
}
