import type { Migration } from './migration.ts';

/** Pulls: what is fetched from an org by schedule, and the runs that fetched it. */
export const pulls: Migration = {
  name: '012-pulls',
  up: async (knex) => {
    const di = knex.schema.withSchema('di');
    await di.createTable('pull', (table) => {
      table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
      table.timestamp('created_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.uuid('account_id').notNullable().references('id').inTable('di.account');
      table.uuid('transfer_id').notNullable().unique().references('id').inTable('di.transfer');
      table.jsonb('selection').notNullable();
      table.text('cron').notNullable();
      table.text('time_zone').notNullable();
      table.boolean('is_enabled').notNullable();
      table.integer('bulk_threshold').notNullable();
      table.integer('full_every_days').notNullable();
      table.timestamp('next_run_at', { useTz: true });
      // What was fetched whole, and since when changes are enough; null asks for everything.
      table.timestamp('watermark', { useTz: true });
      table.integer('transfer_version');
      table.timestamp('last_full_at', { useTz: true });
    });
    await knex.schema.withSchema('di').createTable('pull_run', (table) => {
      table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
      table.uuid('pull_id').notNullable().references('id').inTable('di.pull').onDelete('CASCADE');
      table.text('kind').notNullable();
      table.text('reason').notNullable();
      table.text('state').notNullable().defaultTo('queued');
      table.boolean('may_archive_many').notNullable().defaultTo(false);
      table.timestamp('queued_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.timestamp('due_at', { useTz: true }).notNullable().defaultTo(knex.fn.now());
      table.timestamp('started_at', { useTz: true });
      table.timestamp('finished_at', { useTz: true });
      table.timestamp('lease_until', { useTz: true });
      table.integer('attempts').notNullable().defaultTo(0);
      table.integer('expected');
      for (const count of ['read', 'applied', 'unchanged', 'stale', 'archived', 'rejected'])
        table.integer(count).notNullable().defaultTo(0);
      table.text('code');
      table.text('message');
      table.index(['pull_id', 'queued_at']);
    });
    await knex.raw(
      `CREATE UNIQUE INDEX pull_run_unfinished ON di.pull_run (pull_id) WHERE state IN ('queued', 'running')`,
    );
    await knex.raw(`CREATE INDEX pull_run_due ON di.pull_run (due_at) WHERE state IN ('queued', 'running')`);
  },
};
