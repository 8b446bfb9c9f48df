import type { SalesforceOrg } from '../../salesforce/org.ts';
import type { Pull } from './pulls.ts';
import { checkSelectionInOrg, countRecords, fullQueries, mappedFields } from './selection.ts';

/** What a full run would fetch. Throws where the org has not what the selection names. */
export async function previewOf(
  org: SalesforceOrg,
  { object, selection, mapping }: Pull,
): Promise<{ records: number; query: string }> {
  checkSelectionInOrg(selection, await org.describe(object));
  const queries = fullQueries(selection, object, mappedFields(mapping));
  return { records: await countRecords(org, queries), query: queries.records };
}
