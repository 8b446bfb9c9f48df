import type { History, Row } from '../history.ts';

interface KeptConflict {
  readonly column_name: string;
  readonly project_value: unknown;
}

/**
 * Nothing of the project's is lost in silence: a value that somebody has put into a row stands there, or was sent, or lost
 * against one of Salesforce's, and that is on record. What became of a row that is another record's now is not asked.
 */
export async function lostEditsAreConflicts(history: History): Promise<string[]> {
  const last = new Map(history.edits.map((edit) => [`${edit.recordId} ${edit.column}`, edit]));
  const rows = new Map((await history.rows()).map((row) => [row._salesforce_id, row]));
  const { rows: conflicts } = await history.operator.query<KeptConflict>(
    'SELECT column_name, project_value FROM di.conflict',
  );
  const sent = history.calls.calls.map(({ body }) => body.toString());
  return [...last.values()].flatMap(({ recordId, email, column, value, isNews }) => {
    const row: Row | undefined = rows.get(recordId);
    if (!isNews || row?.email !== email || row[column] === value) return [];
    // To the record that had the row then.
    const wasSent = sent.some((body) => body.includes(JSON.stringify(value)));
    const isKept = conflicts.some((each) => each.column_name === column && each.project_value === value);
    if (wasSent || isKept) return [];
    return [
      `The row ${email} of ${recordId} had the ${column} ${JSON.stringify(value)}: it has ${JSON.stringify(row[column])} now, nothing was sent, and no conflict is on record.`,
    ];
  });
}
