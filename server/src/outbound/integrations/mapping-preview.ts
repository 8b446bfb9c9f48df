import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { Connections } from '../../connections/connections.ts';
import { anyMembers, lookupName } from '../../http/inputs.ts';
import { Problem } from '../../http/problem.ts';
import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import { mappingSchema, type MappingEntry } from '../../projects/mapping-schema.ts';
import { Projects } from '../../projects/projects.ts';
import type { BuiltTable } from '../../projects/tables.ts';
import { keptObject } from '../../salesforce/org-objects.ts';
import { misfitSchema as pairSchema, misfitsOf as fitOf } from '../../transfers/compatibility.ts';
import { dryRun, dryRunAnswer } from '../../transfers/dry-run.ts';
import { findAnyDescription } from '../../transfers/object-descriptions.ts';
import { checkDefinition } from './check-definition.ts';
import { misfitSchema, misfitsOf } from './integration-misfits.ts';
import { completed, definitionSchema, type AskedDefinition } from './integration-schema.ts';

const faultSchema = z
  .object({ code: z.string(), message: z.string(), sentence: sentenceAnswer })
  .nullable()
  .meta({ description: 'Why it could not be saved, whatever the record is' });
type Fault = z.input<typeof faultSchema>;

const answer = z.object({
  fromSalesforce: z
    .object({
      compatibility: z
        .array(pairSchema)
        .nullable()
        .meta({ description: 'Null where nobody has described the object yet' }),
      becomes: dryRunAnswer.nullable().meta({ description: 'What the records become; null without records' }),
      fault: faultSchema,
    })
    .nullable(),
  toSalesforce: z.object({ compatibility: z.array(misfitSchema).nullable(), fault: faultSchema }).nullable(),
});

/** Judges a mapping that is being edited, of one way or of both; nothing is stored, and no org is called. */
export function previewMapping(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/connections/{connection}/objects/{object}/preview',
    scope: 'transfers:read',
    isReadOnly: true,
    tag: 'Transfers',
    summary: 'Judges a mapping that is being edited, and shows what real records become by it',
    description:
      'By what was last said of the object (GET …/objects/{object} asks the org). Nothing is stored: what a table or an integration does not take is answered as a fault.',
    params: z.strictObject({ connection: z.uuid(), object: z.string().max(80) }),
    body: z.strictObject({
      table: lookupName,
      mapping: mappingSchema.optional().meta({ description: 'What fills the table, as a transfer has it' }),
      definition: definitionSchema
        .optional()
        .meta({ description: 'What is written to Salesforce, as an integration has it' }),
      records: z.array(anyMembers).max(20).default([]),
    }),
    answer: { schema: answer },
    handle: async ({ knex, caller, params, body }) => {
      const connection = await new Connections(knex, caller.accountId).find(params.connection);
      const projects = new Projects(knex, caller.accountId);
      const table = await projects.builtTable(await projects.findById(connection.projectId), body.table);
      const place = { connectionId: connection.id, object: params.object };
      const { mapping, definition, records } = body;
      return {
        fromSalesforce: mapping ? await fromSalesforce(knex, { ...place, mapping }, table, records) : null,
        toSalesforce: definition ? await toSalesforce(knex, place, table, definition) : null,
      };
    },
  });
}

interface Place {
  readonly connectionId: string;
  readonly object: string;
}

async function fromSalesforce(
  knex: Knex,
  transfer: Place & { readonly mapping: readonly MappingEntry[] },
  table: BuiltTable,
  records: readonly Readonly<Record<string, unknown>>[],
): Promise<z.input<typeof answer>['fromSalesforce']> {
  const { value, fault } = judged(() => dryRun(transfer, table, records));
  const becomes = records.length === 0 ? null : value;
  const described = await findAnyDescription(knex, transfer.connectionId, transfer.object);
  const compatibility = described && fitOf(transfer.mapping, table.fields, described);
  return { compatibility, becomes, fault };
}

async function toSalesforce(
  knex: Knex,
  { connectionId, object }: Place,
  table: BuiltTable,
  asked: AskedDefinition,
): Promise<z.input<typeof answer>['toSalesforce']> {
  const definition = completed(asked);
  const { fault } = judged(() => {
    checkDefinition(table, definition);
  });
  const kept = await keptObject(knex, connectionId, object);
  return { compatibility: kept && misfitsOf(definition, table, kept.object), fault };
}

/** What a judgement answers, or why it could not be one. */
function judged<T>(judge: () => T): { value: T | null; fault: Fault } {
  try {
    return { value: judge(), fault: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { value: null, fault: { code: error.code, ...worded(error.message) } };
  }
}
