import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../http/route.ts';
import type { ApiCallCounts } from '../salesforce/api-call-counts.ts';
import { PRODUCERS } from '../salesforce/org.ts';
import { apiShareSchema } from './api-share.ts';
import type { Authorizations } from './authorizations.ts';
import { Connections } from './connections.ts';

const MAX_DAYS = 366;

const answer = z.object({
  apiShare: apiShareSchema,
  org: z
    .object({ used: z.int(), limit: z.int(), left: z.int(), seenAt: z.iso.datetime() })
    .nullable()
    .meta({ description: 'What the org counted in its last answer, over 24 hours, of all clients' }),
  spent: z.array(z.object({ day: z.iso.date(), producer: z.enum(PRODUCERS), calls: z.int() })).meta({
    description: 'Calls that DI Connect made, by day (UTC) and by who made them, the latest day first',
  }),
});

interface SpentRow {
  readonly day: string;
  readonly producer: (typeof PRODUCERS)[number];
  readonly calls: number;
}

/** Who spent what of a connection's API calls. */
export function getApiCalls(authorizations: Authorizations, counts: ApiCallCounts): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/connections/{connection}/api-calls',
    scope: 'connections:read',
    tag: 'Connections',
    summary: 'API calls of a connection: its share, what the org counted, and who spent how many',
    params: z.strictObject({ connection: z.uuid() }),
    query: z.strictObject({
      days: z.coerce.number().int().min(1).max(MAX_DAYS).default(1).meta({
        description: 'Days to look back, today among them',
      }),
    }),
    answer: { schema: answer },
    handle: async ({ knex, caller, params, query }) => {
      const connection = await new Connections(knex, caller.accountId).find(params.connection);
      const usage = (await authorizations.find(caller.accountId, connection.id))?.usage ?? null;
      // What this copy of the server has counted and not yet written down.
      await counts.flush();
      return {
        apiShare: connection.apiShare,
        org: usage && {
          used: usage.used,
          limit: usage.limit,
          left: Math.max(0, usage.limit - usage.used),
          seenAt: usage.seenAt.toISOString(),
        },
        spent: await spentCalls(knex, connection.id, query.days),
      };
    },
  });
}

async function spentCalls(knex: Knex, connectionId: string, days: number): Promise<SpentRow[]> {
  const { rows } = await knex.raw<{ rows: SpentRow[] }>(
    `SELECT day::text AS day, producer, calls FROM di.api_call_count
     WHERE connection_id = ? AND day > (now() AT TIME ZONE 'UTC')::date - ?::integer
     ORDER BY day DESC, calls DESC, producer`,
    [connectionId, days],
  );
  return rows;
}
