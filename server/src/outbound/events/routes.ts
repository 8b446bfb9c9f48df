import { z } from 'zod';
import { itemRoutes, type ItemOwner } from '../actions/item-routes.ts';
import { countsAnswer, countsOf, heldAnswer, heldOf } from '../actions/queue-items.ts';
import { Connections } from '../../connections/connections.ts';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { settingsSchema } from './source-settings.ts';
import { Sources, type Source } from './sources.ts';

const identified = z.strictObject({ source: z.uuid() });
const EVENTS = {
  ...{ owner: 'source', items: 'events', path: '/v1/admin/sources/{source}', tag: 'Events' },
  params: identified,
  find: (knex, accountId, { source }) => new Sources(knex, accountId).find(source),
} as const satisfies ItemOwner<typeof identified>;
const name = z.string().trim().min(1).max(255);
const writeKey = z.string().meta({ description: 'Shown this once' });
const sourceAnswer = z.object({
  id: z.uuid(),
  project: z.string(),
  connection: z.uuid(),
  name: z.string(),
  status: z.enum(['active', 'paused']),
  settings: settingsSchema,
  held: heldAnswer,
});
const keyAnswer = z.object({ id: z.uuid(), keyId: z.string(), createdAt: z.iso.datetime() });

/** Sources: where events come from, and the org they are for. */
export function sourceRoutes(wake: () => void): Route[] {
  return [...readRoutes(), ...writeRoutes(), ...keyRoutes(), ...itemRoutes(EVENTS, wake)];
}

function shown(source: Source): Record<string, unknown> {
  const { id, project, connectionId, status, settings } = source;
  return { id, project, connection: connectionId, name: source.name, status, settings, held: heldOf(source) };
}

function readRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/sources',
      scope: 'connections:read',
      tag: 'Events',
      summary: 'Sources of the account',
      answer: { schema: z.object({ sources: z.array(sourceAnswer) }) },
      handle: async ({ knex, caller }) => ({
        sources: (await new Sources(knex, caller.accountId).list()).map(shown),
      }),
    }),
    accountEndpoint({
      method: 'get',
      path: '/v1/admin/sources/{source}',
      scope: 'connections:read',
      tag: 'Events',
      summary: 'A source, its write keys without their secrets, and counts of the last 30 days',
      params: identified,
      answer: { schema: sourceAnswer.extend({ keys: z.array(keyAnswer), counts: countsAnswer }) },
      handle: async ({ knex, caller, params }) => {
        const sources = new Sources(knex, caller.accountId);
        const source = await sources.find(params.source);
        const keys = await sources.keys(source);
        return { ...shown(source), keys, counts: await countsOf(knex, source.id) };
      },
    }),
  ];
}

function writeRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/sources',
      scope: 'connections:write',
      tag: 'Events',
      summary: 'Creates a source with a write key, which is shown this once',
      body: z.strictObject({
        connection: z.uuid(),
        name,
        settings: settingsSchema.default(settingsSchema.parse({})),
      }),
      answer: { status: 201, schema: z.object({ id: z.uuid(), writeKey }) },
      handle: async ({ knex, caller, body, audit }) => {
        const connection = await new Connections(knex, caller.accountId).find(body.connection);
        const sources = new Sources(knex, caller.accountId);
        const id = await sources.create(connection, body.name, body.settings);
        const key = await sources.addKey(id);
        audit({
          action: 'source.created',
          subject: id,
          detail: { name: body.name, settings: body.settings },
        });
        return { id, writeKey: key.writeKey };
      },
    }),
    accountEndpoint({
      method: 'patch',
      path: '/v1/admin/sources/{source}',
      scope: 'connections:write',
      tag: 'Events',
      summary: 'Changes a source; paused, it takes events and writes none',
      params: identified,
      body: z.strictObject({
        name: name.optional(),
        status: z.enum(['active', 'paused']).optional(),
        settings: settingsSchema.optional(),
      }),
      answer: { schema: sourceAnswer },
      handle: async ({ knex, caller, params, body, audit }) => {
        const sources = new Sources(knex, caller.accountId);
        const source = await sources.find(params.source);
        await sources.change(source, {
          name: body.name ?? source.name,
          settings: body.settings ?? source.settings,
          status: body.status ?? source.status,
        });
        audit({ action: 'source.changed', subject: source.id, detail: { ...body } });
        return shown(await sources.find(source.id));
      },
    }),
    accountEndpoint({
      method: 'delete',
      path: '/v1/admin/sources/{source}',
      scope: 'connections:write',
      tag: 'Events',
      summary: 'Ends a source: its keys are good for nothing, and what waits is not written',
      params: identified,
      answer: { status: 204 },
      handle: async ({ knex, caller, params, audit }) => {
        const sources = new Sources(knex, caller.accountId);
        const source = await sources.find(params.source);
        await sources.archive(source);
        audit({ action: 'source.deleted', subject: source.id });
      },
    }),
  ];
}

function keyRoutes(): Route[] {
  return [
    accountEndpoint({
      method: 'post',
      path: '/v1/admin/sources/{source}/keys',
      scope: 'connections:write',
      tag: 'Events',
      summary: 'Gives a source a further write key, shown this once; the others stay good',
      params: identified,
      answer: { status: 201, schema: z.object({ id: z.uuid(), writeKey }) },
      handle: async ({ knex, caller, params, audit }) => {
        const sources = new Sources(knex, caller.accountId);
        const source = await sources.find(params.source);
        const key = await sources.addKey(source.id);
        audit({ action: 'source.key-created', subject: source.id, detail: { key: key.id } });
        return key;
      },
    }),
    accountEndpoint({
      method: 'delete',
      path: '/v1/admin/sources/{source}/keys/{key}',
      scope: 'connections:write',
      tag: 'Events',
      summary: 'Revokes a write key',
      params: identified.extend({ key: z.uuid() }),
      answer: { status: 204 },
      handle: async ({ knex, caller, params, audit }) => {
        const sources = new Sources(knex, caller.accountId);
        const source = await sources.find(params.source);
        await sources.revokeKey(source, params.key);
        audit({ action: 'source.key-revoked', subject: source.id, detail: { key: params.key } });
      },
    }),
  ];
}
