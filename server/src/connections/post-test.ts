import type { Knex } from 'knex';
import { z } from 'zod';
import { objectName } from '../http/inputs.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { SalesforceFault, type ApiUsage, type SalesforceOrg } from '../salesforce/org.ts';
import { authorizationWarnings, isNearlyUsedUp } from './authorization-answer.ts';
import type { Authorizations } from './authorizations.ts';
import {
  checkObject,
  Descriptions,
  FINDING_LEVELS,
  findingSchema,
  objectFindingsSchema,
  worst,
  type Finding,
  type ObjectFindings,
} from './check-object.ts';
import { Connections, type Connection } from './connections.ts';
import { mergedChecks, type CheckSource, type ObjectCheck } from './org-checks.ts';
import type { ConnectedOrgs } from './orgs.ts';

export interface TestDesk {
  readonly authorizations: Authorizations;
  readonly orgs: ConnectedOrgs;
  readonly sources: readonly CheckSource[];
}

const MOST_OBJECTS = 20;

const objects = z
  .string()
  .max(2000)
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(objectName).max(MOST_OBJECTS))
  .optional()
  .meta({ description: 'Objects to look at beside those that the connection uses, parted by commas' });

const answer = z.object({
  level: z.enum(FINDING_LEVELS),
  findings: z.array(findingSchema.omit({ field: true })),
  apiCalls: z.object({ used: z.int(), limit: z.int(), left: z.int() }).nullable(),
  objects: z.array(objectFindingsSchema),
});
type Answer = z.input<typeof answer>;

/** The test button: what works, what does not, and what to do about it. */
export function postTest(desk: TestDesk): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/connections/{connection}/test',
    scope: 'connections:write',
    // It writes what it learns of the authorization, and no configuration.
    isReadOnly: true,
    tag: 'Connections',
    summary: 'Tests credentials, API access and permissions, object by object',
    description:
      'A test tries again where the authorization had failed, and puts it right where it works again. It costs an API call for each object.',
    params: z.strictObject({ connection: z.uuid() }),
    query: z.strictObject({ objects }),
    answer: { schema: answer },
    handle: async ({ knex, caller, params, query }) => {
      const connection = await new Connections(knex, caller.accountId).find(params.connection);
      const asked: ObjectCheck[] = (query.objects ?? []).map((object) => ({
        object,
        needs: ['read'],
        fields: [],
      }));
      return tested(desk, knex, connection, asked);
    },
  });
}

async function tested(
  desk: TestDesk,
  knex: Knex,
  connection: Connection,
  asked: readonly ObjectCheck[],
): Promise<Answer> {
  const general: Omit<Finding, 'field'>[] = [];
  const found: ObjectFindings[] = [];
  let org: SalesforceOrg | null = null;
  try {
    org = await desk.orgs.tryAgain(connection.id);
    const authorization = await desk.authorizations.find(connection.accountId, connection.id);
    const userName = authorization?.userName ?? 'The user';
    general.push({ level: 'ok', message: `${userName} is logged in, and may use the API.` });
    for (const message of authorization ? authorizationWarnings(authorization) : [])
      general.push({ level: 'warning', message });
    const needed = await Promise.all(desk.sources.map((source) => source(knex, connection)));
    const descriptions = new Descriptions(org);
    for (const check of mergedChecks([...needed.flat(), ...asked]))
      found.push(await checkObject(descriptions, check, userName));
  } catch (error) {
    if (!(error instanceof SalesforceFault)) throw error;
    general.push({ level: 'problem', message: error.message });
  }
  const usage = org?.usage ?? null;
  if (usage) general.push(usageFinding(usage));
  return {
    level: worst([...general, ...found]),
    findings: general,
    apiCalls: usage && { ...usage, left: left(usage) },
    objects: found,
  };
}

const left = ({ used, limit }: ApiUsage): number => Math.max(0, limit - used);

function usageFinding(usage: ApiUsage): Omit<Finding, 'field'> {
  const calls = `${left(usage)} of ${usage.limit} API calls are left in these 24 hours`;
  if (left(usage) === 0)
    return { level: 'problem', message: `${calls}: nothing is sent or fetched until there are some.` };
  return isNearlyUsedUp(usage)
    ? { level: 'warning', message: `${calls}. Setup, Company Information shows how many were used.` }
    : { level: 'ok', message: `${calls}.` };
}
