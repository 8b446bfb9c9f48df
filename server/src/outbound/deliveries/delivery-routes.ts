import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { deadLettersSchema, discard, replay } from './dead-letters.ts';
import { deliveryAnswer, DELIVERY_STATES, listDeliveries } from './delivery-list.ts';
import { healthAnswer, healthOf } from '../integrations/health.ts';
import { Integrations } from '../integrations/integrations.ts';

/** Deliveries: what waits, what failed and why, and what is to be done about it. */
export function deliveryRoutes(): Route[] {
  return [listRoute(), healthRoute(), deadLetterRoute('replay'), deadLetterRoute('discard')];
}

function listRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/deliveries',
    scope: 'deliveries:read',
    tag: 'Integrations',
    summary: 'Deliveries that wait or were given up, with their reasons',
    query: z.strictObject({
      integration: z.uuid().optional(),
      state: z.enum(DELIVERY_STATES).optional(),
      code: z.string().max(200).optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      after: z
        .string()
        .max(18)
        .regex(/^\d{1,18}$/)
        .optional(),
    }),
    answer: {
      schema: z.object({
        deliveries: z.array(deliveryAnswer),
        next: z.string().nullable().meta({ description: 'The next page’s after' }),
      }),
    },
    handle: async ({ knex, caller, query }) => {
      const { limit, after, ...selection } = query;
      const deliveries = await listDeliveries(knex, caller.accountId, selection, { limit, after });
      return { deliveries, next: deliveries.length === limit ? (deliveries.at(-1)?.id ?? null) : null };
    },
  });
}

function healthRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/integrations/{integration}/health',
    scope: 'deliveries:read',
    tag: 'Integrations',
    summary: 'Whether the integration is in step: what waits, what failed, what it spent',
    params: z.strictObject({ integration: z.uuid() }),
    answer: { schema: healthAnswer },
    handle: async ({ knex, caller, params }) =>
      healthOf(knex, await new Integrations(knex, caller.accountId).find(params.integration)),
  });
}

const TEXTS = {
  replay: { summary: 'Sends dead letters again, with the values that their rows have now', done: 'replayed' },
  discard: {
    summary: 'Forgets dead letters; their records stay as they are in Salesforce',
    done: 'discarded',
  },
} as const;

function deadLetterRoute(verb: 'replay' | 'discard'): Route {
  const { summary, done } = TEXTS[verb];
  return accountEndpoint({
    method: 'post',
    path: `/v1/admin/deliveries/${verb}`,
    scope: 'deliveries:write',
    tag: 'Integrations',
    summary,
    body: deadLettersSchema,
    answer: { schema: z.object({ count: z.int() }) },
    handle: async ({ knex, caller, body, audit }) => {
      await new Integrations(knex, caller.accountId).find(body.integration);
      const count = await (verb === 'replay' ? replay : discard)(knex, caller.accountId, body);
      audit({ action: `deliveries.${done}`, subject: body.integration, detail: { ...body, count } });
      return { count };
    },
  });
}
