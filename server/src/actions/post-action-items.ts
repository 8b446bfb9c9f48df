import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { anyMembers } from '../http/inputs.ts';
import { badRequest, unprocessable } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../http/route.ts';
import { valueOf, type ActionDefinition } from './action-definition.ts';
import { Actions } from './actions.ts';
import { addItems } from './queue-items.ts';
import { isStorableJson } from '../database/storable.ts';

/** Items of one call. */
const MAXIMUM = 2000;
/** Bytes: 2,000 items of some kilobytes. */
const BODY_LIMIT = 10_000_000;

/** Calls an action with items. What becomes of each is asked for by its id. */
export function postActionItems(wake: () => void): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/actions/{action}',
    scope: 'deliveries:write',
    tag: 'Actions',
    summary: 'Has an action done for up to 2,000 items, each once',
    description:
      'Items are stored before the answer, and worked off in their order. The same Idempotency-Key with the same items is answered the same and done once; with others it is refused. What became of an item is in GET /v1/admin/actions/{action}/items.',
    headers: z.object({ 'Idempotency-Key': z.string().min(1).max(200).optional() }),
    params: z.strictObject({ action: z.uuid() }),
    body: z.strictObject({ items: z.array(anyMembers).min(1).max(MAXIMUM) }),
    bodyLimit: BODY_LIMIT,
    answer: {
      status: 202,
      schema: z.object({
        accepted: z.int().min(0),
        duplicates: z.int().min(0),
        ids: z.array(z.int()).meta({ description: 'Of the items, in their order' }),
      }),
    },
    handle: async ({ knex, caller, params, body, request, response, audit }) => {
      const action = await new Actions(knex, caller.accountId).find(params.action);
      if (action.status !== 'active')
        throw unprocessable('action-not-active', 'The action is not active. Activate it first.');
      const given = request.get('Idempotency-Key');
      if (given !== undefined && !/^[\x21-\x7e]{1,200}$/.test(given))
        throw badRequest('idempotency-key', 'An Idempotency-Key is 1 to 200 visible characters.');
      const batch = given ?? randomUUID();
      const bad = body.items.findIndex((item) => !isStorableJson(JSON.stringify(item)));
      if (bad >= 0)
        throw badRequest('unstorable-text', `items[${bad}] holds a NUL character, or half of a character.`);
      const items = body.items.map((item, index) => {
        const key = `${batch}:${index}`;
        return { key, person: personOf(action.definition, item) ?? key, body: item };
      });
      const { ids, duplicates } = await addItems(knex, action.id, 'api', items);
      audit({ action: 'action.called', subject: action.id, detail: { items: items.length, duplicates } });
      response.once('finish', wake);
      return { accepted: ids.length - duplicates, duplicates, ids };
    },
  });
}

/** Items for the same record are done in their order; null where an item is for a record of its own. */
export function personOf(definition: ActionDefinition, item: unknown): string | null {
  const values = definition.matchers
    .map((matcher) => valueOf(item, matcher))
    .filter((value) => value != null);
  return values.length === 0 ? null : JSON.stringify(values).toLowerCase().slice(0, 500).toWellFormed();
}
