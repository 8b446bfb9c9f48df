import type { Migration } from './migration.ts';

/** What stands in the way of batches now, what of it somebody has looked at, and which fields the plugin sends. */
export const faults: Migration = {
  name: '022-faults',
  up: async (knex) => {
    await knex.raw(`
      CREATE TABLE di.batch_fault (
        connection_id uuid NOT NULL REFERENCES di.connection (id) ON DELETE CASCADE,
        -- As the plugin calls them: a batch may be refused since there is no such table, or no transfer of the object.
        table_code text NOT NULL,
        object text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('refused', 'rejected')),
        -- Of a batch that was refused as a whole its key, of a record that was rejected its id: tried twice, it is one.
        key text NOT NULL,
        object_name text NOT NULL,
        -- Why the plugin holds the transfer; null where something is wrong with the batch.
        hold text,
        code text NOT NULL,
        field text,
        message text NOT NULL,
        records integer NOT NULL DEFAULT 1,
        first_at timestamptz NOT NULL DEFAULT now(),
        at timestamptz NOT NULL DEFAULT now(),
        acknowledged_at timestamptz,
        PRIMARY KEY (connection_id, table_code, object, kind, key)
      )`);
    await knex.raw('CREATE INDEX ON di.batch_fault (at)');
    // Refused batches are looked for all the time, among as many rejected records as a load of millions may leave behind.
    await knex.raw(`
      CREATE INDEX batch_fault_refused ON di.batch_fault (connection_id, table_code, object)
        WHERE kind = 'refused' AND acknowledged_at IS NULL`);
    await knex.raw(`
      CREATE TABLE di.acknowledgement (
        account_id uuid NOT NULL REFERENCES di.account (id),
        kind text NOT NULL,
        subject text NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        by_name text NOT NULL,
        PRIMARY KEY (account_id, kind, subject)
      )`);
    await knex.raw('ALTER TABLE di.transfer ADD COLUMN sent_fields text[]');
    await knex.raw(KEEP_REJECTIONS.replaceAll('?', '\\?'));
  },
};

/** Records that were rejected in the last day, and were in no batch since: what health showed before. */
export const KEEP_REJECTIONS = `
  WITH rejected AS (
    SELECT DISTINCT ON (b.connection_id, b.table_id, r->>'id')
      b.connection_id, b.table_id, b.object, b.received_at, r->>'id' AS id, r->>'code' AS code, r->>'field' AS field,
      r->>'message' AS message
    FROM di.batch b
    CROSS JOIN LATERAL json_array_elements(b.answer->'rejected') r
    WHERE b.received_at > now() - interval '1 day' AND b.object IS NOT NULL AND r->>'id' IS NOT NULL
    ORDER BY b.connection_id, b.table_id, r->>'id', b.received_at DESC
  ), carried AS (
    SELECT b.table_id, c.id, max(b.received_at) AS received_at
    FROM di.batch b
    CROSS JOIN LATERAL unnest(b.upserted_ids || b.archived_ids || b.deleted_ids) AS c (id)
    WHERE b.received_at > now() - interval '1 day' AND b.table_id IN (SELECT table_id FROM rejected)
    GROUP BY b.table_id, c.id
  )
  INSERT INTO di.batch_fault
    (connection_id, table_code, object, kind, key, object_name, code, field, message, first_at, at)
  SELECT r.connection_id, t.built->>'code', lower(r.object), 'rejected', r.id, r.object, r.code, r.field, r.message,
    r.received_at, r.received_at
  FROM rejected r
  JOIN di.project_table t ON t.id = r.table_id AND t.built IS NOT NULL
  JOIN di.connection c ON c.id = r.connection_id
  LEFT JOIN carried l ON l.table_id = r.table_id AND l.id = r.id
  WHERE l.received_at IS NULL OR l.received_at <= r.received_at
  ON CONFLICT DO NOTHING`;
