import type { Knex } from 'knex';
import type { Settings } from './integration-schema.ts';
import { nextRun } from './schedule.ts';

interface DueRow {
  readonly id: string;
  readonly settings: Settings;
}

/** Has changes that come after the hour of a schedule wait for its next one; those before it are due by themselves. */
export async function openRuns(knex: Knex): Promise<void> {
  const due = await knex('di.integration')
    .whereIn('status', ['active', 'paused'])
    .where('next_run_at', '<=', knex.fn.now())
    .select<DueRow[]>('id', 'settings');
  for (const { id, settings } of due)
    await knex('di.integration')
      .where({ id })
      // Not the hour that was read: a Date has lost its microseconds.
      .where('next_run_at', '<=', knex.fn.now())
      .update({ next_run_at: nextRun(settings.schedule, new Date()) });
}
