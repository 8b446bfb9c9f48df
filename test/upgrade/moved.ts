/**
 * Tables (`di.batch`) and columns (`di.batch.answer`) of snapshots that a later migration has emptied, moved, dropped or
 * filled otherwise, by the migration, each with where its values are now. Whoever adds one proves in a test of that migration
 * that nothing was lost.
 */
const MOVED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Email Opt Out says which opt-ins it means.
  '019-consent-as-said': {
    'di.integration.opt_in_fields': 'the same fields, each with optIns',
    'di.integration.version': 'one more where opt_in_fields changed',
  },
  // A lease says who holds work, and nothing else.
  '030-one-lease': {
    'di.pull_run.lease_until': 'di.pull_run.leased_until',
    'di.delivery_channel.leased_until': 'di.delivery_channel.served_at, where nobody holds the channel',
    'di.import.leased_until': 'di.import.due_at, where nobody holds the import',
  },
  // Rows that stand double are looked for again.
  '045-long-numbers-of-duplicates': {
    'di.project_table.is_normalized': 'false where rows were listed by numbers that were not exact',
  },
};

/** Numbers in a key, where a text of digits is one: what a snapshot's keys were before long ones became text. */
const withNumbers = (column: string): string => `(
  SELECT jsonb_object_agg(e.key, CASE WHEN e.value #>> '{}' ~ '^-?[0-9]{16,}$' THEN (e.value #>> '{}')::jsonb ELSE e.value END)
  FROM jsonb_each(t.${column}) AS e)`;

/**
 * Columns that a later migration writes otherwise, by the migration: each with SQL that makes of a row of the table, `t`,
 * what stood there before.
 */
const REWRITTEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '036-long-numbers-in-keys': {
    'di.record_identity.record_key': withNumbers('record_key'),
    'di.rival.record_key': withNumbers('record_key'),
    'di.duplicate_row.record_key': withNumbers('record_key'),
    'di.duplicate_row.normal_key': withNumbers('normal_key'),
  },
};

/** What later migrations than a version's last one have done, of all of them. */
function since<Of>(
  version: string,
  all: Readonly<Record<string, Readonly<Record<string, Of>>>>,
): Map<string, Of> {
  const later = Object.entries(all).filter(([migration]) => migration > version);
  return new Map(later.flatMap(([, columns]) => Object.entries(columns)));
}

export const movedSince = (version: string): ReadonlyMap<string, string> => since(version, MOVED);
export const rewrittenSince = (version: string): ReadonlyMap<string, string> => since(version, REWRITTEN);
