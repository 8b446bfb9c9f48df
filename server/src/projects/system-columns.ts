/** Columns every project table has beside its own, with their definitions. */
export const SYSTEM_COLUMNS: Readonly<Record<string, string>> = {
  _salesforce_id: 'text',
  _source_modstamp: 'timestamptz',
  _changed_at: 'timestamptz NOT NULL DEFAULT now()',
  _archived_at: 'timestamptz',
  // A change that waits to be sent to Salesforce; null where none does.
  _edited_at: 'timestamptz',
  // When the row was made; null of one that is older than this column.
  _created_at: 'timestamptz DEFAULT now()',
};

export const SYSTEM_COLUMN_NAMES = Object.keys(SYSTEM_COLUMNS);

/** Those that are shown with a row. */
export const SHOWN_SYSTEM_COLUMNS = SYSTEM_COLUMN_NAMES.filter((name) => name !== '_created_at');

/**
 * In SQL, whether a row `r` holds no later version of its record than one that comes: an equal moment is none, since two changes
 * in one second carry the same SystemModstamp.
 *
 * @param moment the version that comes
 */
export const holdsNoLaterVersion = (moment: string): string =>
  `(r."_source_modstamp" IS NULL OR r."_source_modstamp" <= ${moment})`;
