import { z } from 'zod';
import { OrgApi, type CallSession } from './api.ts';

/** What an org says of itself. */
export const organizationFactsSchema = z.object({
  name: z.string(),
  /** The edition, as `Enterprise Edition`. */
  edition: z.string(),
  isSandbox: z.boolean(),
  instanceName: z.string().nullable(),
  namespacePrefix: z.string().nullable(),
});
export type OrganizationFacts = z.output<typeof organizationFactsSchema>;

const organizations = z.object({
  records: z
    .array(
      z.object({
        Name: z.string().nullish(),
        OrganizationType: z.string().nullish(),
        IsSandbox: z.boolean().nullish(),
        InstanceName: z.string().nullish(),
        NamespacePrefix: z.string().nullish(),
      }),
    )
    .min(1),
});
const users = z.object({ records: z.array(z.object({ Username: z.string() })).min(1) });

/** Asks an org that was just logged in to what it is, and who the user is. Throws SalesforceFault. */
export async function readOrganization(
  session: CallSession,
  userId: string,
): Promise<{ organization: OrganizationFacts; userName: string }> {
  const keeper = {
    current: () => Promise.resolve(session),
    // Nothing renews a session that is seconds old: the org does not take it.
    renew: () => Promise.resolve(session),
    usageSeen: () => Promise.resolve(),
    faultSeen: () => Promise.resolve(),
  };
  const api = new OrgApi(keeper, null);
  const { records } = await api.json(organizations, {
    method: 'GET',
    path: query('SELECT Name, OrganizationType, IsSandbox, InstanceName, NamespacePrefix FROM Organization'),
  });
  const user = await api.json(users, {
    method: 'GET',
    path: query(`SELECT Username FROM User WHERE Id = '${userId.replace(/\W/g, '')}'`),
  });
  const [facts] = records;
  return {
    organization: {
      name: facts?.Name ?? '',
      edition: facts?.OrganizationType ?? '',
      isSandbox: facts?.IsSandbox === true,
      instanceName: facts?.InstanceName ?? null,
      namespacePrefix: facts?.NamespacePrefix ?? null,
    },
    userName: user.records[0]?.Username ?? '',
  };
}

const query = (soql: string): string => `/query?q=${encodeURIComponent(soql)}`;
