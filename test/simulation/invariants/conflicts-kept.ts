import type { History, Row } from '../history.ts';

interface KeptConflict {
  readonly column_name: string;
  readonly project_value: unknown;
}

/**
 * Nothing of the project's is lost in silence: a value that somebody has put into a row stands there, or was sent, or lost
 * against one of Salesforce's, and that is on record. What became of a row that is another record's now, or was deleted in
 * between, is not asked.
 */
export async function lostEditsAreConflicts(history: History): Promise<string[]> {
  const last = new Map(history.edits.map((edit) => [`${edit.email} ${edit.column}`, edit]));
  const rows = new Map((await history.rows()).map((row) => [row._salesforce_id, row]));
  const { rows: conflicts } = await history.operator.query<KeptConflict>(
    'SELECT column_name, project_value FROM di.conflict',
  );
  const { rows: tombstones } = await history.operator.query<{ salesforce_id: string }>(
    'SELECT salesforce_id FROM di.tombstone',
  );
  const deleted = new Set(tombstones.map(({ salesforce_id: id }) => id));
  const sent = history.calls.calls.map(({ body }) => body.toString());
  return [...last.values()].flatMap(({ recordId, email, column, value, isNews }) => {
    const row: Row | undefined = rows.get(recordId);
    if (!isNews || deleted.has(recordId) || row?.email !== email || row[column] === value) return [];
    // To the record that had the row then.
    const wasSent = sent.some((body) => body.includes(JSON.stringify(value)));
    const isKept = conflicts.some((each) => each.column_name === column && each.project_value === value);
    if (wasSent || isKept) return [];
    return [
      `The row ${email} of ${recordId} had the ${column} ${JSON.stringify(value)}: it has ${JSON.stringify(row[column])} now, nothing was sent, and no conflict is on record.`,
    ];
  });
}
