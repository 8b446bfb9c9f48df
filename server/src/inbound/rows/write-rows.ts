import { arrayLiteral } from '../../database/array-literal.ts';
import { lookUpByIndex } from '../../database/by-index.ts';
import { writeInParts } from '../../database/in-parts.ts';
import type { Session } from '../../database/session.ts';
import { say } from '../../messages/message.ts';
import { refusedRow } from '../batches/refused-row.ts';
import type { BuiltField } from '../../projects/tables.ts';
import { createRows, findRows, updateRows, upsertRows, type WrittenColumns } from './write-statements.ts';
import type { WrittenTable } from './written-table.ts';

/** Which rows are written: all, those that are not there yet, or those that are. */
export const WRITE_MODES = ['upsert', 'create', 'update'] as const;
export type WriteMode = (typeof WRITE_MODES)[number];

/** A row as text that PostgreSQL reads, in the order of the columns; undefined where nothing is said of a column. */
export type WrittenRow = readonly (string | null | undefined)[];

export interface RowsToWrite {
  readonly columns: readonly BuiltField[];
  readonly rows: readonly WrittenRow[];
  readonly mode: WriteMode;
}

/** What became of a row. */
export type RowOutcome =
  | { readonly outcome: 'created' | 'updated' | 'unchanged' }
  | {
      readonly outcome: 'rejected';
      readonly code: string;
      readonly column: string | null;
      readonly message: string;
    };

/** Rows of the same columns, no two of one key. */
export interface RowGroup {
  readonly places: readonly number[];
  /** The key of every row as one text, by place. */
  readonly keys: readonly string[];
  readonly columns: WrittenColumns;
  /** Columns that a new row needs and these do not bring. */
  readonly lacking: readonly BuiltField[];
}

/**
 * Writes rows under the table's lock, each for itself: what the database refuses stops none of its neighbours. Only columns
 * that a row speaks of are changed. Rows of one key are written one after the other. Answers an outcome a row, in their
 * order. Call it in a transaction.
 */
export async function writeRows(
  session: Session,
  table: WrittenTable,
  written: RowsToWrite,
): Promise<RowOutcome[]> {
  const outcomes = new Array<RowOutcome>(written.rows.length).fill(UNCHANGED);
  // As for a batch: rows are looked up by index, whatever a planner makes of a young table.
  await lookUpByIndex(session);
  for (const group of groupsOf(table, written)) {
    const write = (places: readonly number[]): Promise<void> =>
      writeGroup(session, table, written, { ...group, places }, outcomes);
    await writeInParts(session, group.places, write, (place, error) => {
      outcomes[place] = refused(table, error);
    });
  }
  return outcomes;
}

function refused(table: WrittenTable, error: unknown): RowOutcome {
  const { code, field, message } = refusedRow(table.fields, error);
  return { outcome: 'rejected', code, column: field?.name ?? null, message };
}

/**
 * Rows that one statement can write: they speak of the same columns, and none comes twice. A column that has no default
 * and is not required needs no statement of its own: where nothing is said of it, it keeps what it holds.
 */
export function groupsOf(table: WrittenTable, written: RowsToWrite): RowGroup[] {
  const { columns, rows } = written;
  const isFirm = columns.map((column) => column.required || column.default !== null);
  const silent = columns.map((_column, index) => rows.some((row) => row[index] === undefined));
  const emptied = columns.map((_column, index) => rows.some((row) => row[index] === null));
  const telling = columns.flatMap((_column, index) =>
    silent[index] === true && (isFirm[index] === true || emptied[index] === true) ? [index] : [],
  );
  const keys = keysOf(table, written);
  const kept = columns.filter((_column, index) => silent[index] === true && !telling.includes(index));
  return alike(rows, keys, telling).map((places) => {
    const first = rows[places[0] ?? 0];
    const fields = columns.filter((_, index) => !telling.includes(index) || first?.[index] !== undefined);
    const names = new Set(fields.map((field) => field.name));
    return {
      // Everybody takes rows in one order, so that two of them wait for each other instead of standing in each other's way.
      keys,
      places: places.sort((one, other) => ((keys[one] ?? '') < (keys[other] ?? '') ? -1 : 1)),
      columns: { fields, kept: new Set(kept.map((field) => field.name)) },
      lacking: table.fields.filter(
        (field) => field.required && field.default === null && !names.has(field.name),
      ),
    };
  });
}

/** Places of rows by the time that their key comes for, and by the telling columns that they speak of. */
function alike(rows: readonly WrittenRow[], keys: readonly string[], telling: readonly number[]): number[][] {
  const times = new Map<string, number>();
  const groups = new Map<string, number[]>();
  for (const [place, row] of rows.entries()) {
    const key = keys[place] ?? '';
    const time = times.get(key) ?? 0;
    times.set(key, time + 1);
    const said =
      telling.length === 0 ? '' : telling.map((index) => (row[index] === undefined ? '0' : '1')).join('');
    const group = time === 0 && said === '' ? FIRST_TIME : `${String(time).padStart(9, '0')} ${said}`;
    const known = groups.get(group);
    if (known) known.push(place);
    else groups.set(group, [place]);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, places]) => places);
}

const FIRST_TIME = '000000000 ';

/** The key of each row as one text. */
function keysOf(table: WrittenTable, { columns, rows }: RowsToWrite): string[] {
  const key = table.key.map((field) => columns.findIndex((column) => column.name === field.name));
  return rows.map((row) => keyText(key.map((index) => row[index])));
}

/** A key as one text. */
export function keyText(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : JSON.stringify(values);
}

async function writeGroup(
  session: Session,
  table: WrittenTable,
  written: RowsToWrite,
  group: RowGroup,
  outcomes: RowOutcome[],
): Promise<void> {
  const { columns, keys, lacking } = group;
  const isUpdate = written.mode === 'update' || lacking.length > 0;
  const statement = statementOf(table, written.mode, columns, isUpdate);
  const values = arraysOf(written, group, columns.fields);
  const answered = statement === null ? [] : await session.query<Record<string, unknown>>(statement, values);
  const changed = new Map(answered.map((row) => [answeredKey(table, row), row.is_new === true]));
  // Whoever was not written is there and as it came, or is not there, or is there and was to be left alone.
  const isQuestion = isUpdate && changed.size < group.places.length;
  const there = isQuestion ? await existing(session, table, written, group) : null;
  for (const place of group.places) {
    const key = keys[place] ?? '';
    const isNew = changed.get(key);
    if (isNew !== undefined) outcomes[place] = isNew ? CREATED : UPDATED;
    else if (written.mode === 'create' && (there === null || there.has(key))) outcomes[place] = ROW_EXISTS;
    else if (there !== null && !there.has(key)) outcomes[place] = missing(table, written.mode, lacking);
    else outcomes[place] = UNCHANGED;
  }
}

const CREATED: RowOutcome = { outcome: 'created' };
const UPDATED: RowOutcome = { outcome: 'updated' };
const UNCHANGED: RowOutcome = { outcome: 'unchanged' };

/** Null where nothing can be written: new rows that lack something, or keys and nothing else. */
function statementOf(
  table: WrittenTable,
  mode: WriteMode,
  columns: WrittenColumns,
  isUpdate: boolean,
): string | null {
  if (mode === 'create') return isUpdate ? null : createRows(table, columns.fields);
  return isUpdate ? updateRows(table, columns) : upsertRows(table, columns);
}

export async function existing(
  session: Session,
  table: WrittenTable,
  written: RowsToWrite,
  group: RowGroup,
): Promise<ReadonlySet<string>> {
  const found = await session.query<Record<string, unknown>>(
    findRows(table),
    arraysOf(written, group, table.key),
  );
  return new Set(found.map((row) => answeredKey(table, row)));
}

/** Columns of some rows, each as one array for PostgreSQL. */
export function arraysOf(
  { columns, rows }: RowsToWrite,
  { places }: Pick<RowGroup, 'places'>,
  wanted: readonly BuiltField[],
): string[] {
  return wanted.map((field) => {
    const index = columns.findIndex((column) => column.name === field.name);
    return arrayLiteral(places.map((place) => rows[place]?.[index] ?? null));
  });
}

/** A key as a statement answers it. */
export function answeredKey(table: WrittenTable, row: Readonly<Record<string, unknown>>): string {
  return keyText(table.key.map((_field, index) => row[`k${index}`]));
}

export const ROW_EXISTS: RowOutcome = {
  outcome: 'rejected',
  code: 'row-exists',
  column: null,
  message: say('rows.exists'),
};

/** What is said of a row that is not there and is not made. */
export function missing(table: WrittenTable, mode: WriteMode, lacking: readonly BuiltField[]): RowOutcome {
  const [first] = lacking;
  if (mode === 'update' || !first) {
    const message = table.isOwnedBySalesforce ? say('rows.missing-in-salesforce') : say('rows.missing');
    const code = table.isOwnedBySalesforce ? 'contacts-from-salesforce' : 'row-missing';
    return { outcome: 'rejected', code, column: null, message };
  }
  const names = lacking.map((field) => field.name).join(', ');
  return {
    outcome: 'rejected',
    code: 'required',
    column: first.name,
    message: say('rows.lacking', { fields: names }),
  };
}
