import type { Claim } from './claims.ts';

/**
 * Deliveries d by their ids, with what is said of each in one object. Never by a join: the outbox is full at one moment and
 * empty at the next, and a planner that takes it for empty goes through all of it for each delivery that it is joined with.
 */
export const NAMED = 'd.id = ANY ($1::bigint[])';
export const SAID = '($2::jsonb->d.id::text)';
/** What was sent of the columns that a delivery waits with. */
export const SENT_OF_BASE = `(SELECT coalesce(jsonb_object_agg(s.name, s.value), '{}')
  FROM jsonb_each((${SAID}->>'sent')::jsonb) AS s (name, value) WHERE d.base ? s.name)`;

/** Deliveries' ids, and what is said of each by its id. */
export const said = <Each extends { readonly claim: Claim }>(
  all: readonly Each[],
  saying: (each: Each) => object,
): [number[], string] => [
  all.map(({ claim }) => claim.id),
  JSON.stringify(Object.fromEntries(all.map((each) => [each.claim.id, saying(each)]))),
];
