import { RestError } from './json-records.ts';
import type { OrgSettings } from './settings.ts';

const SEASONS = ['Spring', 'Summer', 'Winter'] as const;

/** What `/services/data` lists, without a session: the versions of the REST API, the oldest first. */
export function versionsOf({ apiVersions: { oldest, newest } }: Pick<OrgSettings, 'apiVersions'>): object[] {
  return Array.from({ length: newest - oldest + 1 }, (_none, index) => {
    const version = `${oldest + index}.0`;
    return { label: labelOf(oldest + index), url: `/services/data/v${version}`, version };
  });
}

/** 63 is Spring '25, 64 Summer '25, 65 Winter '26. */
function labelOf(version: number): string {
  const season = SEASONS[version % 3] ?? '';
  return `${season} '${String(Math.floor(version / 3) + 4 + (season === 'Winter' ? 1 : 0)).padStart(2, '0')}`;
}

/**
 * Throws for a version that the org does not have. (REST API Developer Guide, *Status Codes and Error Responses*: 404 where
 * nothing is, 410 where it was taken away; retired versions answer 410.)
 */
export function refuseMissingVersion(
  { apiVersions: { oldest, newest } }: Pick<OrgSettings, 'apiVersions'>,
  version: string,
): void {
  const number = Number(version.slice(1));
  if (number > newest) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  if (number < oldest)
    throw new RestError(410, 'GONE', `The requested API version has been retired: ${version.slice(1)}`);
}
