import type { Session } from '../../database/session.ts';
import {
  answeredKey,
  arraysOf,
  groupsOf,
  missing,
  ROW_EXISTS,
  type RowGroup,
  type RowOutcome,
  type RowsToWrite,
} from '../rows/write-rows.ts';
import { comparingStatement, findTaken } from '../rows/write-statements.ts';
import type { WrittenTable } from '../rows/written-table.ts';

/** What would become of rows if they were written now; nothing is. Rows of other portions are not known of. */
export async function checkRows(
  session: Session,
  table: WrittenTable,
  given: RowsToWrite,
): Promise<RowOutcome[]> {
  const outcomes = new Array<RowOutcome>(given.rows.length).fill({ outcome: 'unchanged' });
  const made = new Set<string>();
  for (const group of groupsOf(table, given)) {
    const taken = await takenValues(session, table, given, group);
    const found = await session.query<Record<string, unknown>>(
      comparingStatement(table, group.columns),
      arraysOf(given, group, group.columns.fields),
    );
    const differs = new Map(found.map((row) => [answeredKey(table, row), row.differs === true]));
    for (const place of group.places) {
      const key = group.keys[place] ?? '';
      const column = taken.get(key);
      const isThere = differs.has(key) || made.has(key);
      const outcome =
        column === undefined
          ? outcomeOf(table, given, group, isThere, differs.get(key) ?? true)
          : notUnique(column);
      outcomes[place] = outcome;
      if (outcome.outcome === 'created') made.add(key);
    }
  }
  return outcomes;
}

function notUnique(column: string): RowOutcome {
  const message = `Another row has this record’s ${column}.`;
  return { outcome: 'rejected', code: 'not-unique', column, message };
}

function outcomeOf(
  table: WrittenTable,
  { mode }: RowsToWrite,
  { lacking }: RowGroup,
  isThere: boolean,
  differs: boolean,
): RowOutcome {
  if (isThere) return mode === 'create' ? ROW_EXISTS : { outcome: differs ? 'updated' : 'unchanged' };
  return mode === 'update' || lacking.length > 0 ? missing(table, mode, lacking) : { outcome: 'created' };
}

/** The column by which a row cannot be written, by the row's key: another row has its value. */
async function takenValues(
  session: Session,
  table: WrittenTable,
  given: RowsToWrite,
  group: RowGroup,
): Promise<Map<string, string>> {
  const taken = new Map<string, string>();
  for (const field of group.columns.fields) {
    if (!field.unique || table.key.includes(field)) continue;
    const rows = await session.query<Record<string, unknown>>(
      findTaken(table, field),
      arraysOf(given, group, [...table.key, field]),
    );
    for (const row of rows) taken.set(answeredKey(table, row), field.name);
  }
  return taken;
}
