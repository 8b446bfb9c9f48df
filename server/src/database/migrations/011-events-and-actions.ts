import type { Migration } from './migration.ts';

/** Events that come in, actions bound to them, and what waits to be written to an org because of either. */
export const eventsAndActions: Migration = {
  name: '011-events-and-actions',
  up: async (knex) => {
    await knex.raw(`
      CREATE TABLE di.write_queue (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        kind text NOT NULL CHECK (kind IN ('source', 'action')),
        connection_id uuid NOT NULL REFERENCES di.connection (id),
        is_open boolean NOT NULL DEFAULT true,
        -- One copy of the server at a time works a queue off: what concerns one person is done in order.
        lease uuid,
        leased_until timestamptz,
        served_at timestamptz,
        held_until timestamptz,
        held_reason text,
        failures integer NOT NULL DEFAULT 0
      )`);
    await knex.raw(`
      CREATE TABLE di.write_item (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        queue_id uuid NOT NULL REFERENCES di.write_queue (id) ON DELETE CASCADE,
        -- What makes it the same when it comes twice: a message's id.
        key text NOT NULL,
        -- Whom it concerns: items of one person are done in order.
        person text NOT NULL,
        occasion text NOT NULL,
        body jsonb NOT NULL,
        status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'failed')),
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        -- Set before a record is sent that could not be found again.
        sent_at timestamptz,
        outcomes jsonb,
        received_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        UNIQUE (queue_id, key)
      )`);
    await knex.raw(
      `CREATE INDEX write_item_waiting ON di.write_item (queue_id, id) WHERE status = 'waiting'`,
    );
    await knex.raw(
      `CREATE INDEX write_item_due ON di.write_item (queue_id, next_attempt_at) WHERE status = 'waiting'`,
    );
    await knex.raw('CREATE INDEX write_item_status ON di.write_item (queue_id, status, id)');
    await knex.raw(
      `CREATE INDEX write_item_finished ON di.write_item (finished_at) WHERE status <> 'waiting'`,
    );
    // Several rows a count, so that calls that count at the same time do not wait for each other.
    await knex.raw(`
      CREATE TABLE di.write_count (
        queue_id uuid NOT NULL REFERENCES di.write_queue (id) ON DELETE CASCADE,
        day date NOT NULL,
        outcome text NOT NULL,
        reason text NOT NULL,
        shard smallint NOT NULL,
        count bigint NOT NULL,
        PRIMARY KEY (queue_id, day, outcome, reason, shard)
      )`);
    await knex.raw(`
      CREATE TABLE di.event_source (
        id uuid PRIMARY KEY REFERENCES di.write_queue (id),
        account_id uuid NOT NULL REFERENCES di.account (id),
        project_id uuid NOT NULL REFERENCES di.project (id),
        name text NOT NULL,
        settings jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        archived_at timestamptz
      )`);
    await knex.raw(`
      CREATE TABLE di.write_key (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        source_id uuid NOT NULL REFERENCES di.event_source (id),
        key_id text NOT NULL UNIQUE,
        secret_hash bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz
      )`);
    await knex.raw('CREATE INDEX ON di.write_key (source_id)');
    await knex.raw(`
      CREATE TABLE di.action (
        id uuid PRIMARY KEY REFERENCES di.write_queue (id),
        account_id uuid NOT NULL REFERENCES di.account (id),
        project_id uuid NOT NULL REFERENCES di.project (id),
        name text NOT NULL,
        definition jsonb NOT NULL,
        status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'paused')),
        created_at timestamptz NOT NULL DEFAULT now(),
        archived_at timestamptz
      )`);
    await knex.raw('CREATE INDEX ON di.event_source (account_id)');
    await knex.raw('CREATE INDEX ON di.action (account_id)');
    await knex.raw('CREATE INDEX ON di.action (project_id)');
    await knex.raw(QUEUE_ACTIONS);
  },
};

/**
 * What other concerns call when something happened that actions may be bound to, from SQL or from a trigger: it queues an
 * item for each active action of the project that is bound to the occasion. The caller's transaction decides.
 */
const QUEUE_ACTIONS = `
  CREATE FUNCTION di.queue_actions(project uuid, occurred text, happening_key text, whom text, item jsonb)
    RETURNS integer LANGUAGE sql AS $$
      WITH queued AS (
        INSERT INTO di.write_item (queue_id, key, person, occasion, body)
        SELECT a.id, happening_key, whom, occurred, item FROM di.action a
        WHERE a.project_id = project AND a.status = 'active' AND a.archived_at IS NULL
          AND a.definition -> 'trigger' ->> 'on' = occurred
        ON CONFLICT (queue_id, key) DO NOTHING
        RETURNING 1)
      SELECT count(*)::integer FROM queued
    $$`;
