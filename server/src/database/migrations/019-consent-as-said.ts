import type { Knex } from 'knex';
import { TRIGGER_FUNCTION } from './008-capture-consent.ts';
import type { Migration } from './migration.ts';

/**
 * Toward Salesforce consent means what was said: a delivery knows which opt-ins changed, what was written to a checkbox is
 * remembered with the record's version, and Email Opt Out waits until no opt-in is left.
 */
export const consentAsSaid: Migration = {
  name: '019-consent-as-said',
  up: async (knex) => {
    await rememberChangedOptIns(knex);
    await createOptInWrites(knex);
    await knex.raw(EMAIL_OPT_OUT_MEANS_ALL);
    await knex.raw(UNCHOSEN_REACHES_ALL);
  },
};

/** What deliveries of one record come to when they meet: null stands for every opt-in. */
const UNITED = `
  CREATE FUNCTION di.united_opt_ins(had boolean, before uuid[], has boolean, after uuid[]) RETURNS uuid[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
      WHEN NOT had THEN after
      WHEN NOT has THEN before
      WHEN before IS NULL OR after IS NULL THEN NULL
      ELSE ARRAY(SELECT DISTINCT unnest(before || after) ORDER BY 1)
    END
  $$`;

const UNITES =
  'changed_opt_ins = di.united_opt_ins(d.is_consent_changed, d.changed_opt_ins, EXCLUDED.is_consent_changed, EXCLUDED.changed_opt_ins),';
const HAS_CONSENT = 'is_consent_changed = d.is_consent_changed OR EXCLUDED.is_consent_changed,';

/** A delivery that meets another one of its record. */
export const COALESCE = `
  ON CONFLICT (integration_id, identity_id) DO UPDATE SET
    row_change = di.coalesced_change(d.row_change, EXCLUDED.row_change),
    ${HAS_CONSENT} ${UNITES}
    salesforce_id = coalesce(EXCLUDED.salesforce_id, d.salesforce_id),
    revision = d.revision + 1, state = 'pending', attempts = 0, last_code = NULL, last_message = NULL,
    changed_at = EXCLUDED.changed_at,
    due_at = CASE WHEN d.state = 'dead' THEN EXCLUDED.due_at ELSE least(d.due_at, EXCLUDED.due_at) END`;

/** As 015 has it. */
const SAID_IT_ITSELF = `
  g.connection_id::text IS NOT DISTINCT FROM current_setting('di.origin', true)
  AND coalesce(g.matching->>'several', '') <> 'all'
  AND EXISTS (
    SELECT FROM di.consent c JOIN di.consent_event e ON e.id = c.event_id
    WHERE c.opt_in_id = n.opt_in_id AND c.identity_id = n.identity_id
      AND e.actor_kind = 'connection' AND e.actor_id = g.connection_id::text
      AND lower(e.proof->>'object') = lower(g.object) AND lower(e.proof->>'field') = lower(f->>'field'))`;

/** Notes opt-ins of persons, side by side, for the integrations that they matter to. */
const NOTE_CONSENT = `
  CREATE FUNCTION di.note_consent(opt_ins uuid[], persons uuid[]) ${TRIGGER_FUNCTION.replace('RETURNS trigger', 'RETURNS void')} AS $$
  BEGIN
    INSERT INTO di.delivery AS d (integration_id, connection_id, identity_id, is_consent_changed, changed_opt_ins, due_at)
    SELECT g.id, g.connection_id, n.identity_id, true, array_agg(DISTINCT n.opt_in_id), coalesce(g.next_run_at, now())
    FROM unnest(opt_ins, persons) AS n (opt_in_id, identity_id)
    CROSS JOIN LATERAL (SELECT p.code FROM di.opt_in p WHERE p.id = n.opt_in_id OFFSET 0) AS o
    CROSS JOIN LATERAL (SELECT r.table_id FROM di.record_identity r WHERE r.id = n.identity_id OFFSET 0) AS i
    JOIN di.integration g ON g.table_id = i.table_id
    WHERE g.status IN ('active', 'paused') AND 'consent' = ANY (g.operations)
      AND EXISTS (
        SELECT FROM jsonb_array_elements(g.opt_in_fields) f
        WHERE (f->>'optIn' IS NULL OR f->>'optIn' = o.code) AND NOT (${SAID_IT_ITSELF}))
    GROUP BY g.id, n.identity_id
    ORDER BY 1, 3 ${COALESCE};
  END $$`;

function captureFunction(operation: 'insert' | 'update', changes: string): string {
  return `
    CREATE OR REPLACE FUNCTION di.capture_consent_${operation}() ${TRIGGER_FUNCTION} AS $$
    DECLARE
      opt_ins uuid[];
      persons uuid[];
    BEGIN
      SELECT array_agg(c.opt_in_id), array_agg(c.identity_id) INTO opt_ins, persons FROM (${changes}) c;
      IF opt_ins IS NOT NULL THEN PERFORM di.note_consent(opt_ins, persons); END IF;
      RETURN NULL;
    END $$`;
}

const CHANGED = 'SELECT opt_in_id, identity_id, status FROM changed';

/** The functions of tables' triggers were made with the conflict clause of their day: the new column joins it. */
const MEND_CAPTURES = `
  DO $mend$
  DECLARE made record;
  BEGIN
    FOR made IN
      SELECT pg_get_functiondef(p.oid) AS definition
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname = 'di' AND p.proname LIKE 'capture\\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
      EXECUTE replace(made.definition, '${HAS_CONSENT}', '${HAS_CONSENT} ${UNITES}');
    END LOOP;
  END $mend$`;

async function rememberChangedOptIns(knex: Knex): Promise<void> {
  // Null for every opt-in: what waits already, a new row, and a row that another record is looked for by.
  await knex.raw('ALTER TABLE di.delivery ADD COLUMN changed_opt_ins uuid[]');
  await knex.raw('CREATE INDEX delivery_consent ON di.delivery (integration_id) WHERE is_consent_changed');
  for (const statement of [
    UNITED,
    NOTE_CONSENT,
    captureFunction('insert', CHANGED),
    captureFunction('update', `${CHANGED} EXCEPT SELECT opt_in_id, identity_id, status FROM before`),
    MEND_CAPTURES,
  ])
    await knex.raw(statement);
}

/**
 * What DI last wrote to a checkbox of a record, and the version that the record had afterwards: an older version does not
 * take it back in a table, and a newer one that says something else is somebody's in Salesforce.
 */
async function createOptInWrites(knex: Knex): Promise<void> {
  await knex.schema.withSchema('di').createTable('opt_in_write', (table) => {
    table.uuid('connection_id').notNullable().references('id').inTable('di.connection').onDelete('CASCADE');
    table.text('salesforce_id').notNullable();
    // In lower case, as Salesforce compares names.
    table.text('field').notNullable();
    table.boolean('value').notNullable();
    table.timestamp('modstamp', { useTz: true }).notNullable();
    // Whose word it was.
    table
      .uuid('identity_id')
      .notNullable()
      .references('id')
      .inTable('di.record_identity')
      .onDelete('CASCADE')
      .index();
    table.primary(['connection_id', 'salesforce_id', 'field']);
  });
}

/**
 * Email Opt Out says that somebody wants no e-mail at all. Any one withdrawal set it, since nothing else could be chosen.
 * Other checkboxes have no meaning that is known here: they stay as they were defined.
 */
const EMAIL_OPT_OUT_MEANS_ALL = `
  UPDATE di.integration g SET version = g.version + 1, opt_in_fields = (
    SELECT jsonb_agg(
      CASE WHEN f->'optIn' = 'null' THEN f || jsonb_build_object('optIns',
        CASE WHEN lower(f->>'field') = 'hasoptedoutofemail' THEN 'all' ELSE 'any' END) ELSE f END ORDER BY place)
    FROM jsonb_array_elements(g.opt_in_fields) WITH ORDINALITY AS o (f, place))
  WHERE g.opt_in_fields @> '[{"optIn": null}]'`;

/**
 * Consent reaches every record that is found. Whoever made an integration in the console could not choose otherwise: the
 * audit log tells that nobody else ever defined it. What a program has defined stays.
 */
const UNCHOSEN_REACHES_ALL = `
  UPDATE di.integration g SET version = g.version + 1, matching = g.matching || '{"several": "all"}'
  FROM (
    SELECT subject FROM di.audit_event WHERE action IN ('integration.created', 'integration.changed')
    GROUP BY subject HAVING bool_and(actor_kind = 'user')) AS clicked
  WHERE clicked.subject = g.id::text AND 'consent' = ANY (g.operations) AND g.status <> 'archived'
    AND g.matching->>'by' = 'lookup' AND g.matching->>'several' = 'refuse'`;
