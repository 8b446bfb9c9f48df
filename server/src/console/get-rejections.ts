import type { Knex } from 'knex';
import { z } from 'zod';
import { Connections } from '../connections/connections.ts';
import { accountEndpoint, type Route } from '../http/route.ts';

/** Groups that are answered: nobody reads more, and each names its count. */
const MOST_GROUPS = 100;

const groupSchema = z.object({
  table: z.string(),
  object: z.string(),
  code: z.string(),
  field: z.string().nullable(),
  message: z.string().meta({ description: 'Of the latest record' }),
  records: z.int(),
  latest: z.iso.datetime(),
  examples: z.array(z.string()).meta({ description: 'Salesforce ids of up to three records' }),
});

/** Records that a connection's batches brought and a table could not take, those with one reason together. */
export function getRejections(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/connections/{connection}/rejections',
    scope: 'connections:read',
    tag: 'Health',
    summary: 'Records that could not be stored lately, grouped by reason, the most frequent first',
    description: 'As far back as batches are kept. A record that was stored since is counted all the same.',
    params: z.strictObject({ connection: z.uuid() }),
    query: z.strictObject({ hours: z.coerce.number().int().min(1).max(720).default(24) }),
    answer: { schema: z.object({ groups: z.array(groupSchema) }) },
    handle: async ({ knex, caller, params, query }) => {
      const { id } = await new Connections(knex, caller.accountId).find(params.connection);
      return { groups: await rejectionGroups(knex, id, query.hours) };
    },
  });
}

interface GroupRow extends Omit<z.input<typeof groupSchema>, 'latest' | 'examples'> {
  readonly latest: Date;
  readonly examples: string[] | null;
}

async function rejectionGroups(
  knex: Knex,
  connectionId: string,
  hours: number,
): Promise<z.input<typeof groupSchema>[]> {
  const { rows } = await knex.raw<{ rows: GroupRow[] }>(
    `SELECT t.code AS table, coalesce(b.object, '') AS object, r->>'code' AS code, r->>'field' AS field,
       (array_agg(r->>'message' ORDER BY b.received_at DESC))[1] AS message,
       count(*)::int AS records, max(b.received_at) AS latest,
       (array_agg(r->>'id' ORDER BY b.received_at DESC) FILTER (WHERE r->>'id' IS NOT NULL))[1:3] AS examples
     FROM di.batch b
     JOIN di.project_table t ON t.id = b.table_id
     CROSS JOIN LATERAL json_array_elements(b.answer->'rejected') r
     WHERE b.connection_id = :connectionId AND b.received_at >= now() - make_interval(hours => :hours)
     GROUP BY 1, 2, 3, 4
     ORDER BY records DESC, latest DESC
     LIMIT :limit`,
    { connectionId, hours, limit: MOST_GROUPS },
  );
  return rows.map((row) => ({ ...row, latest: row.latest.toISOString(), examples: row.examples ?? [] }));
}
