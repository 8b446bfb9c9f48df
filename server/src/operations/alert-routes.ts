import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { moment } from '../http/inputs.ts';
import { badRequest, Problem } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { LANGUAGES } from '../mail/mailer.ts';
import { incidentText } from './alert-text.ts';
import { CHANNEL_KINDS } from './channels.ts';
import { INCIDENT_KINDS, listIncidents } from '../connections/incidents.ts';
import type { Teller } from './teller.ts';
import { Undeliverable } from '../mail/undeliverable.ts';
import { webhookFault } from './webhook.ts';

const identified = z.strictObject({ channel: z.uuid() });
const language = z.enum(LANGUAGES);
const email = z.email().max(320);
const channelAnswer = z.object({
  id: z.uuid(),
  kind: z.enum(CHANNEL_KINDS),
  address: z.string(),
  language,
  isActive: z.boolean(),
  toldAt: z.iso.datetime().nullable().meta({ description: 'When the last alert arrived' }),
  lastError: z.string().nullable().meta({ description: 'Why the last alert did not arrive' }),
});
const incidentAnswer = z.object({
  id: z.uuid(),
  connection: z.uuid(),
  connectionName: z.string(),
  kind: z.enum(INCIDENT_KINDS),
  subject: z.string().nullable(),
  stopped: z.string().meta({ description: 'What has stopped, in the language asked for' }),
  message: z.string(),
  action: z.string().meta({ description: 'What to do, in the language asked for' }),
  waiting: z.int().nullable(),
  times: z.int().meta({ description: 'How often it stopped before it was told that it works again' }),
  undelivered: z.int().meta({ description: 'Alerts of it that could not be delivered, and were given up' }),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
});

/** Who is told when something stops, and what has stopped. */
export function alertRoutes(teller: Teller): Route[] {
  return [
    listRoute(teller),
    createRoute(teller),
    changeRoute(teller),
    removeRoute(teller),
    secretRoute(teller),
    testRoute(teller),
    incidentsRoute(),
  ];
}

function listRoute(teller: Teller): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/alert-channels',
    scope: 'connections:read',
    tag: 'Alerts',
    summary: 'Where alerts of the account go',
    description: 'Where there is no channel, the account’s owners are told by e-mail.',
    answer: { schema: z.object({ channels: z.array(channelAnswer) }) },
    handle: async ({ knex, caller }) => ({
      channels: await teller.channels(knex, caller.accountId).list(),
    }),
  });
}

function createRoute(teller: Teller): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/alert-channels',
    scope: 'connections:write',
    tag: 'Alerts',
    summary: 'Adds a channel; a webhook’s secret is shown this once',
    description:
      'A webhook is posted JSON over https, with the header DI-Signature: t=<seconds>,v1=<hex>. v1 is the HMAC-SHA-256 of "<seconds>.<body>" with the secret; refuse old seconds. DI-Alert-Id is the same where an alert is sent again.',
    body: z.strictObject({
      kind: z.enum(CHANNEL_KINDS),
      address: z.string().trim().min(1).max(2048),
      language: language.default('en'),
    }),
    answer: { status: 201, schema: z.object({ id: z.uuid(), secret: z.string().nullable() }) },
    handle: async ({ knex, caller, body, audit }) => {
      const { kind, address } = body;
      const fault =
        kind === 'webhook' ? webhookFault(address, teller.privateHosts) : email.safeParse(address).error;
      if (fault)
        throw badRequest(
          'invalid-address',
          `address: ${typeof fault === 'string' ? fault : 'not an e-mail address'}.`,
        );
      const channels = teller.channels(knex, caller.accountId);
      const created = await channels.create(kind, address, body.language);
      audit({ action: 'alert-channel.created', subject: created.id, detail: { kind, address } });
      return created;
    },
  });
}

function changeRoute(teller: Teller): Route {
  return accountEndpoint({
    method: 'patch',
    path: '/v1/admin/alert-channels/{channel}',
    scope: 'connections:write',
    tag: 'Alerts',
    summary: 'Changes a channel’s language, or switches it off and on',
    params: identified,
    body: z
      .strictObject({ language, isActive: z.boolean() })
      .partial()
      .refine((change) => Object.keys(change).length > 0, 'say what to change'),
    answer: { schema: channelAnswer },
    handle: async ({ knex, caller, params, body, audit }) => {
      const changed = await teller.channels(knex, caller.accountId).change(params.channel, {
        ...(body.language && { language: body.language }),
        ...(body.isActive !== undefined && { isActive: body.isActive }),
      });
      audit({ action: 'alert-channel.changed', subject: params.channel, detail: body });
      return changed;
    },
  });
}

function removeRoute(teller: Teller): Route {
  return accountEndpoint({
    method: 'delete',
    path: '/v1/admin/alert-channels/{channel}',
    scope: 'connections:write',
    tag: 'Alerts',
    summary: 'Removes a channel, and the alerts that were still to go there',
    params: identified,
    answer: { status: 204 },
    handle: async ({ knex, caller, params, audit }) => {
      await teller.channels(knex, caller.accountId).remove(params.channel);
      audit({ action: 'alert-channel.removed', subject: params.channel });
    },
  });
}

function secretRoute(teller: Teller): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/alert-channels/{channel}/secret',
    scope: 'connections:write',
    tag: 'Alerts',
    summary: 'Gives a webhook a new secret, shown this once',
    params: identified,
    answer: { schema: z.object({ secret: z.string() }) },
    handle: async ({ knex, caller, params, audit }) => {
      const secret = await teller.channels(knex, caller.accountId).renewSecret(params.channel);
      audit({ action: 'alert-channel.secret-renewed', subject: params.channel });
      return { secret };
    },
  });
}

/** Changes no configuration: it sends at once, outside of any transaction, and answers how that went. */
function testRoute(teller: Teller): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/alert-channels/{channel}/test',
    scope: 'connections:write',
    isReadOnly: true,
    tag: 'Alerts',
    summary: 'Sends a test to a channel, and answers whether it arrived',
    description: 'What stops it answers 502 alert-not-sent, in words.',
    params: identified,
    answer: { schema: z.object({ outcome: z.string() }) },
    handle: async ({ knex, caller, params }) => {
      const channels = teller.channels(knex, caller.accountId);
      const channel = await channels.find(params.channel);
      try {
        const outcome = await teller.test(caller.accountId, channel, randomUUID());
        await channels.note(channel.id, null);
        return { outcome };
      } catch (error) {
        if (!(error instanceof Undeliverable)) throw error;
        await channels.note(channel.id, error.message);
        throw new Problem(502, 'alert-not-sent', 'The alert was not sent', error.message);
      }
    },
  });
}

function incidentsRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/incidents',
    scope: 'connections:read',
    tag: 'Alerts',
    summary: 'What has stopped, newest first',
    query: z.strictObject({
      status: z.enum(['open', 'closed']).optional(),
      before: moment.optional().meta({ description: 'openedAt of the last one seen' }),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      language: language.default('en'),
    }),
    answer: { schema: z.object({ incidents: z.array(incidentAnswer) }) },
    handle: async ({ knex, caller, query }) => {
      const incidents = await listIncidents(knex, caller.accountId, {
        isOpen: query.status && query.status === 'open',
        before: query.before,
        limit: query.limit,
      });
      return {
        incidents: incidents.map((each) => ({ ...each, ...incidentText(each.kind, query.language) })),
      };
    },
  });
}
