import { z } from 'zod';
import { exchange } from './exchange.ts';
import { SalesforceFault } from './org.ts';

/** The version of the API that everything is asked in. */
export const API_VERSION = '65.0';
/** Where its resources begin. */
export const BASE = `/services/data/v${API_VERSION}`;

/** Code of the fault of a call whose version of the API the org does not have. */
export const VERSION_MISSING = 'api-version-missing';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 100_000;

const listed = z.array(z.object({ version: z.string().regex(/^\d{1,4}\.\d$/) })).min(1);

/**
 * The versions of the REST API that an org has, the oldest first (REST API, *Versions*: told without a session, and counted
 * as no call); null where that is not answered either.
 */
export async function versionsOf(instanceUrl: string): Promise<readonly string[] | null> {
  try {
    const { status, text } = await exchange({
      method: 'GET',
      url: `${instanceUrl}/services/data/`,
      headers: { Accept: 'application/json' },
      timeout: TIMEOUT_MS,
      limit: MAX_BYTES,
    });
    if (status !== 200) return null;
    const versions = listed.parse(JSON.parse(text)).map(({ version }) => version);
    return versions.sort((one, other) => Number(one) - Number(other));
  } catch (error) {
    if (error instanceof SalesforceFault || error instanceof SyntaxError || error instanceof z.ZodError)
      return null;
    throw error;
  }
}

/** Why the connection is held whose org does not answer our version of the API. */
export function versionMissing(versions: readonly string[] | null, said: string): SalesforceFault {
  return new SalesforceFault(
    'hold',
    VERSION_MISSING,
    `The org does not answer version ${API_VERSION} of Salesforce’s API, which DI Connect uses. ${has(versions)} Nothing is lost: everything waits, and goes on by itself when the version is there. (Salesforce: ${said})`,
  );
}

/** Why the connection is held whose org answered with a page for people. */
export function pageInstead(
  versions: readonly string[] | null,
  status: number,
  said: string,
): SalesforceFault {
  return new SalesforceFault(
    'hold',
    'page-instead-of-api',
    `Salesforce answered with a page for people (HTTP ${status}: ${said}) instead of its API, as it does during maintenance. ${has(versions)} Nothing is lost: everything waits, and goes on by itself.`,
  );
}

function has(versions: readonly string[] | null): string {
  const [oldest = '', newest = oldest] = [versions?.at(0), versions?.at(-1)];
  if (versions === null) return 'It does not say which versions it has (/services/data).';
  const range = `It says that it has ${oldest === newest ? oldest : `${oldest} to ${newest}`}.`;
  if (Number(newest) < Number(API_VERSION))
    return `${range} A newer one comes with the org’s next release (trust.salesforce.com says when).`;
  if (Number(oldest) > Number(API_VERSION)) return `${range} Update DI Connect.`;
  return range;
}
