import type { Knex } from 'knex';
import { z } from 'zod';
import { Connections } from '../../connections/connections.ts';
import { lookupName, objectName } from '../../http/inputs.ts';
import { accountEndpoint, consultingEndpoint, type Route } from '../../api/route.ts';
import { Projects } from '../../projects/projects.ts';
import type { OrgObject, SalesforceOrgs } from '../../salesforce/org.ts';
import { keepObject } from '../../salesforce/org-objects.ts';
import { refreshCapture } from './refresh-capture.ts';
import { checkDefinition } from './check-definition.ts';
import { refuseMisfits } from '../../transfers/compatibility.ts';
import { refuseSeveralOrgs } from '../../transfers/several-orgs.ts';
import { previewMapping } from './mapping-preview.ts';
import { misfitsOf } from './integration-misfits.ts';
import { compatibility, integrationAnswer, shownIntegration } from './integration-answer.ts';
import { completed, definitionSchema } from './integration-schema.ts';
import { Integrations, type Integration } from './integrations.ts';
import { endUnsentEdits } from './unsent-edits.ts';
import { markWrittenFields } from './written-fields.ts';

const identified = z.strictObject({ integration: z.uuid() });

/** Integrations: what goes from a project to an org. */
export function integrationRoutes(orgs: SalesforceOrgs): Route[] {
  return [
    ...readRoutes(),
    createRoute(),
    redefineRoute(orgs),
    checkRoute(orgs),
    activateRoute(orgs),
    pauseRoute(),
    archiveRoute(),
    previewMapping(),
  ];
}

function readRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/integrations',
      scope: 'deliveries:read',
      tag: 'Integrations',
      summary: 'Integrations of the account',
      answer: { schema: z.object({ integrations: z.array(integrationAnswer) }) },
      handle: async ({ knex, caller }) => ({
        integrations: (await new Integrations(knex, caller.accountId).list()).map(shownIntegration),
      }),
    }),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/integrations/{integration}',
      scope: 'deliveries:read',
      tag: 'Integrations',
      summary: 'An integration',
      params: identified,
      answer: { schema: integrationAnswer },
      handle: async ({ knex, caller, params }) =>
        shownIntegration(await new Integrations(knex, caller.accountId).find(params.integration)),
    }),
  ];
}

function createRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/integrations',
    scope: 'deliveries:write',
    tag: 'Integrations',
    summary: 'Creates an integration of a table with a Salesforce object, as a draft',
    body: z.strictObject({
      connection: z.uuid(),
      table: lookupName,
      object: objectName,
      ...definitionSchema.shape,
    }),
    answer: { status: 201, schema: z.object({ id: z.uuid() }) },
    handle: async ({ knex, caller, body, audit }) => {
      const { connection: connectionId, table: code, object: name, ...asked } = body;
      const definition = completed(asked);
      const connection = await new Connections(knex, caller.accountId).find(connectionId);
      const projects = new Projects(knex, caller.accountId);
      const project = await projects.findById(connection.projectId);
      const table = await projects.builtTable(project, code);
      checkDefinition(table, definition);
      const integrations = new Integrations(knex, caller.accountId);
      const id = await integrations.create(connection.id, table.id, name, definition);
      audit({
        action: 'integration.created',
        subject: id,
        detail: { project: project.code, table: table.code, object: name, definition },
      });
      return { id };
    },
  });
}

/** What the org says of an integration's object. Throws SalesforceFault. */
async function described(orgs: SalesforceOrgs, integration: Integration): Promise<OrgObject> {
  const org = await orgs.open(integration.connectionId, 'checks');
  return org.describe(integration.object);
}

function redefineRoute(orgs: SalesforceOrgs): Route {
  return consultingEndpoint({
    method: 'put',
    path: '/v1/admin/integrations/{integration}',
    scope: 'deliveries:write',
    tag: 'Integrations',
    summary: 'Puts another definition in the place of the present one',
    description:
      'One that is active is checked against the org as at its activation. What waits is sent by the new definition; what it does not send any more is kept among the conflicts.',
    params: identified,
    body: definitionSchema,
    answer: { schema: integrationAnswer },
    prepare: async ({ knex, caller, params }) => {
      const integration = await new Integrations(knex, caller.accountId).find(params.integration);
      return integration.status === 'active' ? described(orgs, integration) : null;
    },
    handle: async ({ knex, caller, params, body, audit }, org) => {
      const integrations = new Integrations(knex, caller.accountId);
      const integration = await integrations.find(params.integration);
      const definition = completed(body);
      checkDefinition(integration.table, definition);
      if (org !== null) {
        refuseMisfits(misfitsOf(definition, integration.table, org));
        await keepObject(knex, integration.connectionId, org);
      }
      await endUnsentEdits(knex, integration, definition);
      await integrations.redefine(integration, definition);
      await refuseSeveralOrgs(knex, integration.tableId);
      await refreshCapture(knex, integration.tableId);
      audit({ action: 'integration.changed', subject: integration.id, detail: { definition } });
      return shownIntegration(await integrations.find(integration.id));
    },
  });
}

function checkRoute(orgs: SalesforceOrgs): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/integrations/{integration}/check',
    scope: 'deliveries:read',
    isReadOnly: true,
    tag: 'Integrations',
    summary: 'Asks the org how the integration fits its object; nothing is changed',
    description: 'With a definition in the body that one is checked, as it would be if it were saved.',
    params: identified,
    body: definitionSchema.optional(),
    answer: { schema: z.object({ compatibility }) },
    handle: async ({ knex, caller, params, body }) => {
      const integration = await new Integrations(knex, caller.accountId).find(params.integration);
      const definition = body === undefined ? integration : completed(body);
      checkDefinition(integration.table, definition);
      const org = await described(orgs, integration);
      return { compatibility: misfitsOf(definition, integration.table, org) };
    },
  });
}

function activateRoute(orgs: SalesforceOrgs): Route {
  return consultingEndpoint({
    method: 'post',
    path: '/v1/admin/integrations/{integration}/activate',
    scope: 'deliveries:write',
    tag: 'Integrations',
    summary: 'Activates an integration: changes are noted and sent from then on',
    description:
      'The org is asked what the object is; what could not be written refuses the activation and is named (422 incompatible-fields); so does another connection that fills the table, where what comes is written back (409 several-orgs). One that an answer of the org has stopped goes on with what waits.',
    params: identified,
    answer: {
      schema: z.object({
        integration: integrationAnswer,
        compatibility,
        writtenByDi: z
          .object({ marked: z.array(z.string()), message: z.string().nullable() })
          .meta({ description: 'Fields of the plugin’s transfers that are marked as written by DI now' }),
      }),
    },
    prepare: async ({ knex, caller, params }) => {
      const integration = await new Integrations(knex, caller.accountId).find(params.integration);
      const org = await orgs.open(integration.connectionId, 'checks');
      const object = await org.describe(integration.object);
      refuseMisfits(misfitsOf(integration, integration.table, object));
      return { object, writtenByDi: await markWrittenFields(knex, org, integration) };
    },
    handle: async ({ knex, caller, params, audit }, { object: org, writtenByDi }) => {
      const integrations = new Integrations(knex, caller.accountId);
      const integration = await integrations.find(params.integration);
      checkDefinition(integration.table, integration);
      const misfits = misfitsOf(integration, integration.table, org);
      refuseMisfits(misfits);
      await keepObject(knex, integration.connectionId, org);
      await integrations.activate(integration, org.name);
      await refuseSeveralOrgs(knex, integration.tableId);
      await refreshCapture(knex, integration.tableId);
      audit({
        action: 'integration.activated',
        subject: integration.id,
        detail: { writtenByDi: writtenByDi.marked },
      });
      return {
        integration: shownIntegration(await integrations.find(integration.id)),
        compatibility: misfits,
        writtenByDi,
      };
    },
  });
}

function pauseRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/integrations/{integration}/pause',
    scope: 'deliveries:write',
    tag: 'Integrations',
    summary: 'Pauses an integration: changes are still noted, and wait',
    params: identified,
    answer: { schema: integrationAnswer },
    handle: (call) => {
      call.audit({ action: 'integration.paused', subject: call.params.integration });
      return changed(call.knex, call.caller.accountId, call.params.integration, 'pause');
    },
  });
}

function archiveRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/integrations/{integration}/archive',
    scope: 'deliveries:write',
    tag: 'Integrations',
    summary: 'Ends an integration for good: what waits is not sent, nothing is noted any more',
    description: 'What Salesforce’s next word is written over is kept among the conflicts.',
    params: identified,
    answer: { schema: integrationAnswer },
    handle: (call) => {
      call.audit({ action: 'integration.archived', subject: call.params.integration });
      return changed(call.knex, call.caller.accountId, call.params.integration, 'archive');
    },
  });
}

async function changed(
  knex: Knex,
  accountId: string,
  id: string,
  change: 'pause' | 'archive',
): Promise<z.input<typeof integrationAnswer>> {
  const integrations = new Integrations(knex, accountId);
  const integration = await integrations.find(id);
  if (change === 'archive') await endUnsentEdits(knex, integration, null);
  await integrations[change](integration);
  await refreshCapture(knex, integration.tableId);
  return shownIntegration(await integrations.find(id));
}
