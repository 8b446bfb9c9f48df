import { z } from 'zod';
import { Connections } from '../../connections/connections.ts';
import { conflict, unavailable, unprocessable } from '../../http/problem.ts';
import { accountEndpoint, consultingEndpoint, type Route } from '../../api/route.ts';
import { SalesforceFault, type OrgObject, type SalesforceOrgs } from '../../salesforce/org.ts';
import { ACTION_STATUSES, Actions, type Action } from './actions.ts';
import {
  checkAgainstOrg,
  checkDefinition,
  definitionOf,
  definitionSchema,
  givenDefinition,
} from './action-definition.ts';
import { postActionItems } from './post-action-items.ts';
import { getPresets } from './presets.ts';
import { itemRoutes, type ItemOwner } from './item-routes.ts';
import { countsAnswer, countsOf, heldAnswer, heldOf } from './queue-items.ts';

const identified = z.strictObject({ action: z.uuid() });
const ITEMS = {
  ...{ owner: 'action', items: 'items', path: '/v1/admin/actions/{action}', tag: 'Actions' },
  params: identified,
  find: (knex, accountId, { action }) => new Actions(knex, accountId).find(action),
} as const satisfies ItemOwner<typeof identified>;
const name = z.string().trim().min(1).max(255);
const actionAnswer = z.object({
  id: z.uuid(),
  project: z.string(),
  connection: z.uuid(),
  name: z.string(),
  status: z.enum(ACTION_STATUSES),
  definition: definitionSchema,
  held: heldAnswer,
});

/** Actions: what is done to records of an org when something happens. */
export function actionRoutes(orgs: SalesforceOrgs, wake: () => void): Route[] {
  return [
    ...readRoutes(),
    getPresets(),
    ...writeRoutes(),
    ...statusRoutes(orgs, wake),
    ...itemRoutes(ITEMS, wake),
    postActionItems(wake),
  ];
}

function shown(action: Action): Record<string, unknown> {
  const { id, project, connectionId, status, definition } = action;
  return {
    id,
    project,
    connection: connectionId,
    name: action.name,
    status,
    definition,
    held: heldOf(action),
  };
}

function readRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/actions',
      scope: 'deliveries:read',
      tag: 'Actions',
      summary: 'Actions of the account',
      answer: { schema: z.object({ actions: z.array(actionAnswer) }) },
      handle: async ({ knex, caller }) => ({
        actions: (await new Actions(knex, caller.accountId).list()).map(shown),
      }),
    }),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/actions/{action}',
      scope: 'deliveries:read',
      tag: 'Actions',
      summary: 'An action, with what became of its items in the last 30 days',
      params: identified,
      answer: { schema: actionAnswer.extend({ counts: countsAnswer }) },
      handle: async ({ knex, caller, params }) => {
        const action = await new Actions(knex, caller.accountId).find(params.action);
        return { ...shown(action), counts: await countsOf(knex, action.id) };
      },
    }),
  ];
}

function writeRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/actions',
      scope: 'deliveries:write',
      tag: 'Actions',
      summary: 'Creates an action, as a draft',
      body: givenDefinition.extend({ connection: z.uuid(), name }),
      answer: { status: 201, schema: z.object({ id: z.uuid() }) },
      handle: async ({ knex, caller, body, audit }) => {
        const { connection: connectionId, name: called, ...given } = body;
        const definition = definitionOf(given);
        const connection = await new Connections(knex, caller.accountId).find(connectionId);
        checkDefinition(definition);
        const id = await new Actions(knex, caller.accountId).create(connection, called, definition);
        audit({ action: 'action.created', subject: id, detail: { name: called, definition } });
        return { id };
      },
    }),
    accountEndpoint({
      method: 'put',
      path: '/v1/admin/actions/{action}',
      scope: 'deliveries:write',
      tag: 'Actions',
      summary: 'Puts another definition in the place of one that is not active',
      params: identified,
      body: givenDefinition.extend({ name }),
      answer: { status: 204 },
      handle: async ({ knex, caller, params, body, audit }) => {
        const actions = new Actions(knex, caller.accountId);
        const action = await actions.find(params.action);
        const { name: called, ...given } = body;
        const definition = definitionOf(given);
        checkDefinition(definition);
        await actions.change(action, called, definition);
        audit({ action: 'action.changed', subject: action.id, detail: { name: called, definition } });
      },
    }),
    accountEndpoint({
      method: 'delete',
      path: '/v1/admin/actions/{action}',
      scope: 'deliveries:write',
      tag: 'Actions',
      summary: 'Ends an action; what waits in it is not done',
      params: identified,
      answer: { status: 204 },
      handle: async ({ knex, caller, params, audit }) => {
        const actions = new Actions(knex, caller.accountId);
        const action = await actions.find(params.action);
        await actions.archive(action);
        audit({ action: 'action.deleted', subject: action.id });
      },
    }),
  ];
}

function statusRoutes(orgs: SalesforceOrgs, wake: () => void): Route[] {
  return [
    activateRoute(orgs, wake),
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/actions/{action}/pause',
      scope: 'deliveries:write',
      tag: 'Actions',
      summary: 'Pauses an action: it takes nothing, and what waits goes on waiting',
      params: identified,
      answer: { status: 204 },
      handle: async ({ knex, caller, params, audit }) => {
        const actions = new Actions(knex, caller.accountId);
        const action = await actions.find(params.action);
        if (action.status === 'draft')
          throw conflict('action-draft', 'The action is a draft, and not at work.');
        await actions.setStatus(action, 'paused');
        audit({ action: 'action.paused', subject: action.id });
      },
    }),
  ];
}

function activateRoute(orgs: SalesforceOrgs, wake: () => void): Route {
  return consultingEndpoint({
    method: 'post',
    path: '/v1/admin/actions/{action}/activate',
    scope: 'deliveries:write',
    tag: 'Actions',
    summary: 'Checks an action against the org’s description of its object, and puts it to work',
    description:
      'Matchers have to be fields that Salesforce can look for (“Filter” property), mapped fields ones that the authorized user may write, and a new record’s required fields mapped. All faults are named at once.',
    params: identified,
    answer: { status: 204 },
    prepare: async ({ knex, caller, params }) => {
      const action = await new Actions(knex, caller.accountId).find(params.action);
      return describedBy(orgs, action);
    },
    handle: async ({ knex, caller, params, response, audit }, object) => {
      const actions = new Actions(knex, caller.accountId);
      const action = await actions.find(params.action);
      if (action.definition.object.toLowerCase() !== object.name.toLowerCase())
        throw conflict('action-changed', 'The action was changed meanwhile. Activate it again.');
      checkAgainstOrg(action.definition, object);
      await actions.setStatus(action, 'active');
      audit({ action: 'action.activated', subject: action.id });
      response.once('finish', wake);
    },
  });
}

/** The action's object as its org describes it. Throws a 422 problem where there is no such object, a 503 one where the org cannot be asked. */
async function describedBy(orgs: SalesforceOrgs, { connectionId, definition }: Action): Promise<OrgObject> {
  try {
    return await (await orgs.open(connectionId, 'checks')).describe(definition.object);
  } catch (error) {
    if (!(error instanceof SalesforceFault)) throw error;
    if (error.kind === 'give-up') throw unprocessable('unknown-object', error.message);
    if (error.kind === 'stop') throw unprocessable(error.code, error.message);
    throw unavailable(error.code, `The org could not be asked: ${error.message}`, 60);
  }
}
