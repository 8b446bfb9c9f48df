import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import { Connections } from '../../connections/connections.ts';
import { accountEndpoint, type Route } from '../../api/route.ts';

/** Groups that are answered: nobody reads more, and each names its count. */
const MOST_GROUPS = 100;

const groupSchema = z.object({
  table: z.string(),
  object: z.string(),
  code: z.string(),
  field: z.string().nullable(),
  message: z.string().meta({ description: 'Of the latest record' }),
  sentence: sentenceAnswer,
  records: z.int(),
  latest: z.iso.datetime(),
  examples: z.array(z.string()).meta({ description: 'Salesforce ids of up to three records' }),
});

/** Records that a table could not take and has not taken since, those with one reason together. */
export function getRejections(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/connections/{connection}/rejections',
    scope: 'connections:read',
    tag: 'Health',
    summary: 'Records that could not be stored, grouped by reason, the most frequent first',
    description:
      'A record that was tried several times is one; one that was stored, archived or deleted since is not among them.',
    params: z.strictObject({ connection: z.uuid() }),
    query: z.strictObject({
      hours: z.coerce
        .number()
        .int()
        .min(1)
        .max(720)
        .optional()
        .meta({ description: 'Only those that were tried in the last hours' }),
    }),
    answer: { schema: z.object({ groups: z.array(groupSchema) }) },
    handle: async ({ knex, caller, params, query }) => {
      const { id } = await new Connections(knex, caller.accountId).find(params.connection);
      return { groups: await rejectionGroups(knex, id, query.hours ?? null) };
    },
  });
}

interface GroupRow extends Omit<z.input<typeof groupSchema>, 'latest' | 'sentence'> {
  readonly latest: Date;
}

async function rejectionGroups(
  knex: Knex,
  connectionId: string,
  hours: number | null,
): Promise<z.input<typeof groupSchema>[]> {
  const { rows } = await knex.raw<{ rows: GroupRow[] }>(
    `SELECT f.table_code AS table, max(f.object_name) AS object, f.code, f.field,
       (array_agg(f.message ORDER BY f.at DESC))[1] AS message,
       count(*)::int AS records, max(f.at) AS latest, (array_agg(f.key ORDER BY f.at DESC))[1:3] AS examples
     FROM di.batch_fault f
     WHERE f.connection_id = :connectionId AND f.kind = 'rejected'
       AND (CAST(:hours AS integer) IS NULL OR f.at >= now() - make_interval(hours => :hours))
     GROUP BY f.table_code, f.object, f.code, f.field
     ORDER BY records DESC, latest DESC
     LIMIT :limit`,
    { connectionId, hours, limit: MOST_GROUPS },
  );
  return rows.map((row) => ({ ...row, ...worded(row.message), latest: row.latest.toISOString() }));
}
