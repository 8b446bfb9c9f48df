import type { Knex } from 'knex';

/** Forgets imports that ended some days ago, or never began, with their files and results; answers how many. */
export async function forgetImports(knex: Knex, days: number): Promise<number> {
  return knex('di.import')
    .whereIn('status', ['uploading', 'ready', 'done', 'cancelled', 'failed'])
    .whereRaw('coalesce(finished_at, created_at) < now() - make_interval(days => ?)', [days])
    .delete();
}
