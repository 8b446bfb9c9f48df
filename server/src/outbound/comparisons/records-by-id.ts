import { checkEnding } from '../../jobs/interrupted.ts';
import { QUERIES_A_CALL } from '../../salesforce/queries.ts';
import type { OrgRecord } from '../../salesforce/org.ts';
import { soqlIn, soqlName, soqlText } from '../../salesforce/soql.ts';
import type { Ground } from './ground.ts';

/** Ids in one query: fewer than a page of records, and 40,000 characters. */
const IDS_A_QUERY = 1800;
const IDS_A_CALL = IDS_A_QUERY * QUERIES_A_CALL;

/** Records by their ids, deleted ones too, with `IsDeleted`. */
export async function recordsById(
  { org, described, ending }: Pick<Ground, 'org' | 'described' | 'ending'>,
  ids: readonly string[],
  fields: readonly string[],
): Promise<ReadonlyMap<string, OrgRecord>> {
  const named = new Map(
    ['Id', 'SystemModstamp', 'IsDeleted', ...fields].map((name) => [name.toLowerCase(), name]),
  );
  const selected = `SELECT ${[...named.values()].join(', ')} FROM ${soqlName(described.name)}`;
  const wanted = [...new Set(ids)];
  const found = new Map<string, OrgRecord>();
  for (let start = 0; start < wanted.length; start += IDS_A_CALL) {
    checkEnding(ending);
    const queries: string[] = [];
    for (let from = start; from < Math.min(start + IDS_A_CALL, wanted.length); from += IDS_A_QUERY)
      queries.push(`${selected} WHERE ${soqlIn('Id', wanted.slice(from, from + IDS_A_QUERY).map(soqlText))}`);
    for await (const page of org.querySeveral(queries, { all: true }))
      for (const record of page) if (typeof record.Id === 'string') found.set(record.Id, record);
  }
  return found;
}
