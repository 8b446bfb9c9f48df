import type { Session } from './session.ts';

const OFF = ['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan'];

/**
 * Begins a transaction whose rows are looked up by index, each for itself: a planner that knows nothing yet of a young table, or
 * of one that has just filled, would rather read all of it. Statements are planned once, without a look at their values: a
 * small one would be planned anew each time, for half of what it costs, and thousands of values weighed while one is planned.
 */
export const BEGIN_BY_INDEX = [
  'BEGIN',
  ...OFF.map((setting) => `SET LOCAL ${setting} = off`),
  'SET LOCAL plan_cache_mode = force_generic_plan',
].join('; ');

/** Has rows looked up by index in what is left of a transaction, as BEGIN_BY_INDEX does. */
export async function lookUpByIndex(session: Session): Promise<void> {
  await session.query(`SELECT ${OFF.map((setting) => `set_config('${setting}', 'off', true)`).join(', ')}`);
}
