import type { Knex } from 'knex';
import { z } from 'zod';
import type { AccountCaller } from '../../access/caller.ts';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { identitiesNamed } from './activity-identities.ts';
import { mergedPage, placesOf, type Page, type Placed, type Places } from './activity-page.ts';
import {
  activityAnswer,
  activityQuery,
  type ActivityKind,
  type ActivitySelection,
} from './activity-schema.ts';
import { deliveryActivity, DELIVERY_SOURCES } from './delivery-activity.ts';
import { importActivity } from './import-activity.ts';
import { itemActivity } from './item-activity.ts';

/** What went to Salesforce, what waits to go, and what came to nothing: of every kind in one list. */
export function getActivity(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/activity',
    scope: 'deliveries:read',
    tag: 'Health',
    summary: 'Deliveries, events, items of actions and imports with what became of them, the latest first',
    description:
      'What was sent of a row is kept for RETENTION_DAYS, of each integration the newest 100,000. Imports are listed for whoever may read imports.',
    query: activityQuery,
    answer: {
      schema: z.object({
        activity: z.array(activityAnswer),
        next: z.string().nullable().meta({ description: 'The next page’s after' }),
      }),
    },
    handle: async ({ knex, caller, query }) => {
      const { limit, after, ...selection } = query;
      const places = placesOf(after);
      const sources = await sourcesOf(knex, caller, selection, places, limit + 1);
      const { entries, next } = mergedPage(sources, places, limit);
      return { activity: entries, next };
    },
  });
}

/** Entries of each source that is asked for. */
async function sourcesOf(
  knex: Knex,
  { accountId, scopes }: AccountCaller,
  selection: ActivitySelection,
  places: Places,
  limit: number,
): Promise<Record<string, readonly Placed[]>> {
  const { kind, search } = selection;
  const isOf = (...kinds: readonly ActivityKind[]): boolean => kind === undefined || kinds.includes(kind);
  const page = (source: string): Page => ({ place: places[source], limit });
  const identities =
    search === undefined || !isOf('delivery') ? null : await identitiesNamed(knex, accountId, search);
  const sources: Record<string, readonly Placed[]> = {};
  if (isOf('delivery') && identities?.length !== 0)
    for (const source of DELIVERY_SOURCES)
      sources[source] = await deliveryActivity(knex, accountId, source, selection, identities, page(source));
  if (isOf('event', 'action')) sources.items = await itemActivity(knex, accountId, selection, page('items'));
  if (isOf('import') && scopes.has('imports:read'))
    sources.imports = await importActivity(knex, accountId, selection, page('imports'));
  return sources;
}
