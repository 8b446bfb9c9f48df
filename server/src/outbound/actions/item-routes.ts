import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { itemAnswer, itemsQuery, listItems, retryBody, retryItems } from './queue-items.ts';

/** Whose items are listed: an action's, or the events of a source. */
export interface ItemOwner<Params extends z.ZodType> {
  /** What it is called, and what its items are: `action`, and `items`. */
  readonly owner: string;
  readonly items: string;
  /** The owner's path, with its id as a parameter. */
  readonly path: string;
  readonly params: Params;
  readonly tag: 'Actions' | 'Events';
  /** The owner's queue. Throws a 404 problem for one that is not of the account. */
  readonly find: (
    knex: Knex,
    accountId: string,
    params: z.output<Params>,
  ) => Promise<{ readonly id: string }>;
}

/**
 * What is to be written, as its owner's screen lists it: what became of each, and what failed tried again.
 *
 * @param wake called once there is something to write
 */
export function itemRoutes<Params extends z.ZodType<object>>(
  { owner, items, path, params, tag, find }: ItemOwner<Params>,
  wake: () => void,
): Route[] {
  const listed = `${path}/${items}`;
  return [
    accountEndpoint({
      method: 'get',
      path: listed,
      scope: 'deliveries:read',
      tag,
      summary: `The ${items} of one ${owner} and what became of them, newest first`,
      params,
      query: itemsQuery,
      answer: { schema: z.object({ [items]: z.array(itemAnswer) }) },
      handle: async ({ knex, caller, params: given, query }) => {
        const { id } = await find(knex, caller.accountId, given);
        return { [items]: await listItems(knex, id, query) };
      },
    }),
    accountEndpoint({
      method: 'post',
      path: `${listed}/retry`,
      scope: 'deliveries:write',
      tag,
      summary: `Has failed ${items} tried again: some, those that failed for a reason, or all`,
      params,
      body: retryBody,
      answer: { schema: z.object({ retried: z.int().min(0) }) },
      handle: async ({ knex, caller, params: given, body, response, audit }) => {
        const { id } = await find(knex, caller.accountId, given);
        const retried = await retryItems(knex, id, body);
        audit({ action: `${owner}.${items}-retried`, subject: id, detail: { ...body, retried } });
        response.once('finish', wake);
        return { retried };
      },
    }),
  ];
}
