import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { Projects } from '../../projects/projects.ts';
import type { RecordKey } from '../../people/record-identities.ts';
import { salesforceId } from '../../values/salesforce-id.ts';
import { CONFLICT_RULES, SIDES, type ConflictRule, type Side } from './merge-field.ts';

/** No rules of a field: what is not there any more takes nothing, and what is not sent reaches nobody. */
const WITHOUT_RULE = ['archived', 'not-sent'] as const;

export const conflictSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  table: z.string(),
  key: z.record(z.string(), z.unknown()).meta({ description: 'The row’s primary key' }),
  recordId: z.string(),
  object: z.string(),
  connection: z.uuid(),
  integration: z.uuid(),
  column: z.string(),
  field: z.string(),
  base: z.unknown().meta({ description: 'What both sides had before' }),
  projectValue: z.unknown(),
  salesforceValue: z.unknown(),
  editedAt: z.iso.datetime().nullable().meta({ description: 'When the project’s value was changed' }),
  recordModifiedAt: z.iso.datetime().meta({ description: 'SystemModstamp of the record' }),
  rule: z.enum([...CONFLICT_RULES, ...WITHOUT_RULE]).meta({
    description:
      'archived: the record was deleted, and its row archived, before the project’s value was sent; not-sent: the integration, its column or the delivery was given up first',
  }),
  winner: z.enum(SIDES),
});

interface ConflictRow {
  readonly id: number;
  readonly at: Date;
  readonly table_code: string;
  readonly record_key: RecordKey;
  readonly salesforce_id: string;
  readonly object: string;
  readonly connection_id: string;
  readonly integration_id: string;
  readonly column_name: string;
  readonly field: string;
  readonly base: unknown;
  readonly project_value: unknown;
  readonly salesforce_value: unknown;
  readonly edited_at: Date | null;
  readonly source_modstamp: Date;
  readonly rule: ConflictRule | (typeof WITHOUT_RULE)[number];
  readonly winner: Side;
}

interface Page {
  readonly limit: number;
  readonly before?: string | undefined;
  readonly recordId?: string | undefined;
  /** Of the rows of these. */
  readonly identities?: readonly string[] | undefined;
}

/** Fields that the project and Salesforce had both changed. */
export function conflictRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/projects/{project}/conflicts',
      scope: 'rows:read',
      tag: 'Rows',
      summary: 'Fields that the project and Salesforce had both changed, who won and by which rule',
      description: 'The latest first. They are kept as long as batches are.',
      params: z.strictObject({ project: z.string().max(100) }),
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(1000).default(100),
        before: z
          .string()
          .max(18)
          .regex(/^\d{1,18}$/)
          .optional()
          .meta({ description: 'What the page before answered as next' }),
        recordId: z.string().max(18).optional().meta({ description: 'Of one record of Salesforce' }),
      }),
      answer: { schema: z.object({ conflicts: z.array(conflictSchema), next: z.string().nullable() }) },
      handle: async ({ knex, caller, params, query }) => {
        const project = await new Projects(knex, caller.accountId).find(params.project);
        const conflicts = await listConflicts(knex, project.id, query);
        return { conflicts, next: conflicts.length === query.limit ? (conflicts.at(-1)?.id ?? null) : null };
      },
    }),
  ];
}

export async function listConflicts(
  knex: Knex,
  projectId: string,
  { limit, before, recordId, identities }: Page,
): Promise<z.input<typeof conflictSchema>[]> {
  const rows = await knex('di.conflict as k')
    .join('di.project_table as t', 't.id', 'k.table_id')
    .join('di.record_identity as i', 'i.id', 'k.identity_id')
    .where('k.project_id', projectId)
    .modify((query) => {
      if (before !== undefined) void query.where('k.id', '<', before);
      if (identities !== undefined) void query.whereIn('k.identity_id', identities);
      if (recordId !== undefined) void query.where('k.salesforce_id', salesforceId(recordId) ?? recordId);
    })
    .orderBy('k.id', 'desc')
    .limit(limit)
    .select<ConflictRow[]>('k.*', 't.code as table_code', 'i.record_key');
  return rows.map((row) => ({
    id: String(row.id),
    at: row.at.toISOString(),
    table: row.table_code,
    key: row.record_key,
    recordId: row.salesforce_id,
    object: row.object,
    connection: row.connection_id,
    integration: row.integration_id,
    column: row.column_name,
    field: row.field,
    base: row.base,
    projectValue: row.project_value,
    salesforceValue: row.salesforce_value,
    editedAt: row.edited_at?.toISOString() ?? null,
    recordModifiedAt: row.source_modstamp.toISOString(),
    rule: row.rule,
    winner: row.winner,
  }));
}
