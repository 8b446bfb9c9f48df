import { say } from '../messages/message.ts';
import { z } from 'zod';
import type { Knex } from 'knex';
import { loweringSchema } from '../consent/lowering-rules.ts';
import { Connections } from '../connections/connections.ts';
import { lookupName } from '../http/inputs.ts';
import { unprocessable } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { Projects } from '../projects/projects.ts';
import type { BuiltTable } from '../projects/tables.ts';
import { misfitSchema, refuseMisfits } from './compatibility.ts';
import type { SalesforceOrgs } from '../salesforce/org.ts';
import { descriptionRoutes } from './get-descriptions.ts';
import { dryRun, dryRunAnswer, dryRunSchema } from './dry-run.ts';
import { getTrigger } from './get-trigger.ts';
import { mappingSchema } from '../projects/mapping-schema.ts';
import { putConsent } from './put-consent.ts';
import { keepSentFields } from './sent-fields.ts';
import { refuseSeveralOrgs } from './several-orgs.ts';
import { transferMisfits, Transfers, TRANSFER_STATUSES, type Transfer } from './transfers.ts';

const identified = z.strictObject({ transfer: z.uuid() });
const object = z
  .string()
  .max(80)
  .regex(/^[A-Za-z]\w*$/, 'the API name of a Salesforce object');
const status = z.enum(TRANSFER_STATUSES);
const transferAnswer = z.object({
  id: z.uuid(),
  connection: z.uuid(),
  table: z.string(),
  object: z.string(),
  status,
  mapping: mappingSchema,
  consent: loweringSchema,
  leftOut: z.int().meta({ description: 'Records without a primary key: they come when they have one' }),
  outdated: z
    .int()
    .meta({ description: 'Rows that show an older version of their record, since a later one was refused' }),
});
const compatibility = z
  .array(misfitSchema)
  .nullable()
  .meta({ description: 'Null where the org has not described the object yet' });

/** Transfers of Salesforce objects into tables. */
export function transferRoutes(orgs: SalesforceOrgs): Route[] {
  return [
    ...readRoutes(),
    createRoute(),
    mapRoute(),
    putConsent(),
    activateRoute(),
    pauseRoute(),
    dryRunRoute(),
    getTrigger(),
    ...descriptionRoutes(orgs),
  ];
}

function shown(transfer: Transfer): Record<string, unknown> {
  const { id, connectionId, table, object, status, mapping, consent, leftOut, outdated } = transfer;
  return { id, connection: connectionId, table, object, status, mapping, consent, leftOut, outdated };
}

async function located(
  knex: Knex,
  accountId: string,
  id: string,
): Promise<{ transfers: Transfers; transfer: Transfer; table: BuiltTable }> {
  const transfers = new Transfers(knex, accountId);
  const transfer = await transfers.find(id);
  const tables = await new Projects(knex, accountId).builtTables(transfer.projectId);
  const table = tables.find((each) => each.id === transfer.tableId);
  if (!table)
    throw unprocessable('table-archived', say('projects.table-archived', { table: transfer.table }));
  return { transfers, transfer, table };
}

function readRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/transfers',
      scope: 'transfers:read',
      tag: 'Transfers',
      summary: 'Transfers of the account',
      answer: { schema: z.object({ transfers: z.array(transferAnswer) }) },
      handle: async ({ knex, caller }) => ({
        transfers: (await new Transfers(knex, caller.accountId).list()).map(shown),
      }),
    }),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/transfers/{transfer}',
      scope: 'transfers:read',
      tag: 'Transfers',
      summary: 'A transfer, and how its fields fit their columns',
      params: identified,
      answer: { schema: transferAnswer.extend({ compatibility }) },
      handle: async ({ knex, caller, params }) => {
        const { transfer, table } = await located(knex, caller.accountId, params.transfer);
        return { ...shown(transfer), compatibility: await transferMisfits(knex, transfer, table) };
      },
    }),
  ];
}

function createRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/transfers',
    scope: 'transfers:write',
    tag: 'Transfers',
    summary: 'Creates a transfer of a Salesforce object into a table, as a draft',
    body: z.strictObject({ connection: z.uuid(), table: lookupName, object, mapping: mappingSchema }),
    answer: { status: 201, schema: z.object({ id: z.uuid() }) },
    handle: async ({ knex, caller, body, audit }) => {
      const connection = await new Connections(knex, caller.accountId).find(body.connection);
      const projects = new Projects(knex, caller.accountId);
      const project = await projects.findById(connection.projectId);
      const table = await projects.builtTable(project, body.table);
      const transfers = new Transfers(knex, caller.accountId);
      const id = await transfers.create(connection.id, table, body.object, body.mapping);
      audit({
        action: 'transfer.created',
        subject: id,
        detail: { project: project.code, table: table.code, object: body.object },
      });
      return { id };
    },
  });
}

function mapRoute(): Route {
  return accountEndpoint({
    method: 'put',
    path: '/v1/admin/transfers/{transfer}/mapping',
    scope: 'transfers:write',
    tag: 'Transfers',
    summary: 'Puts another mapping in the place of the present one',
    description:
      'An active transfer is checked as at its activation; batches are mapped anew from then on. One that loses a field which the plugin sends would have its batches refused: that is 409 fields-still-sent, unless it is meant.',
    params: identified,
    body: z.strictObject({
      mapping: mappingSchema,
      dropsSentFields: z
        .boolean()
        .default(false)
        .meta({ description: 'Save although fields that the plugin sends are no longer mapped' }),
    }),
    answer: { schema: z.object({ compatibility }) },
    handle: async ({ knex, caller, params, body, audit }) => {
      const { transfers, transfer, table } = await located(knex, caller.accountId, params.transfer);
      const misfits = await transferMisfits(knex, { ...transfer, mapping: body.mapping }, table);
      if (transfer.status === 'active') refuseMisfits(misfits ?? []);
      if (transfer.status !== 'draft' && !body.dropsSentFields) keepSentFields(transfer, body.mapping);
      await transfers.remap(transfer, table, body.mapping);
      await refuseSeveralOrgs(knex, table.id);
      audit({ action: 'transfer.mapped', subject: transfer.id, detail: { mapping: body.mapping } });
      return { compatibility: misfits };
    },
  });
}

function activateRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/transfers/{transfer}/activate',
    scope: 'transfers:write',
    tag: 'Transfers',
    summary: 'Activates a transfer: its batches are taken from then on',
    description:
      'Where the org has described the object, every pair of field and column is checked; what could not be stored refuses the activation and is named (422 incompatible-fields). 409 several-orgs: another connection fills the table, and an integration writes back what comes.',
    params: identified,
    answer: { schema: z.object({ status, compatibility }) },
    handle: async ({ knex, caller, params, audit }) => {
      const { transfers, transfer, table } = await located(knex, caller.accountId, params.transfer);
      const misfits = await transferMisfits(knex, transfer, table);
      refuseMisfits(misfits ?? []);
      await transfers.setStatus(transfer, 'active');
      await refuseSeveralOrgs(knex, table.id);
      audit({ action: 'transfer.activated', subject: transfer.id });
      return { status: 'active', compatibility: misfits };
    },
  });
}

function pauseRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/transfers/{transfer}/pause',
    scope: 'transfers:write',
    tag: 'Transfers',
    summary: 'Pauses a transfer: its batches are refused, and wait in Salesforce',
    params: identified,
    answer: { schema: z.object({ status }) },
    handle: async ({ knex, caller, params, audit }) => {
      const transfers = new Transfers(knex, caller.accountId);
      const transfer = await transfers.find(params.transfer);
      await transfers.setStatus(transfer, 'paused');
      audit({ action: 'transfer.paused', subject: transfer.id });
      return { status: 'paused' };
    },
  });
}

function dryRunRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/transfers/{transfer}/dry-run',
    scope: 'transfers:read',
    isReadOnly: true,
    tag: 'Transfers',
    summary: 'Shows what sample records would write, and which would be rejected; nothing is written',
    params: identified,
    body: dryRunSchema,
    answer: { schema: dryRunAnswer },
    handle: async ({ knex, caller, params, body }) => {
      const { transfer, table } = await located(knex, caller.accountId, params.transfer);
      return dryRun({ ...transfer, mapping: body.mapping ?? transfer.mapping }, table, body.records);
    },
  });
}
