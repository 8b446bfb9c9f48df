import { unprocessable } from '../../http/problem.ts';
import { say } from '../../messages/message.ts';
import { Refusal, type Coerce } from '../../values/check-value.ts';
import { compileTransforms } from '../../values/transforms.ts';
import type { FieldType } from '../../values/field-types.ts';
import type { BuiltField } from '../../projects/tables.ts';
import { givenValue } from '../../people/given-value.ts';
import { cellCoercion, filledBySalesforce, rejected, type Rejected } from '../rows/read-row.ts';
import type { WriteMode, WrittenRow } from '../rows/write-rows.ts';
import { regardless, type WrittenTable } from '../rows/written-table.ts';
import { cellReader, textFor, type CellKind } from '../../values/interpret-cells.ts';
import type { FoundFile, ImportSettings } from './import-settings.ts';

/** Rows of a file as rows of a table. */
export interface TableReader {
  readonly table: WrittenTable;
  readonly columns: readonly BuiltField[];
  readonly mode: WriteMode;
  /** A row of a file, or why it is none of the table: the first fault is told. */
  read(cells: readonly string[]): WrittenRow | Rejected;
}

interface Column {
  readonly place: number;
  readonly field: BuiltField;
  readonly isKey: boolean;
  readonly kind: CellKind;
  readonly convert: (text: string) => ReturnType<Coerce>;
}

const KINDS: Readonly<Partial<Record<FieldType, CellKind>>> = {
  boolean: 'boolean',
  integer: 'number',
  decimal: 'number',
  date: 'date',
  timestamp: 'moment',
  multipicklist: 'choices',
  json: 'json',
};

/** Compiles the settings of an import for its table. Throws 422 problems that say what does not fit. */
export function tableReader(given: WrittenTable, found: FoundFile, settings: ImportSettings): TableReader {
  const table = settings.overridesSalesforce ? regardless(given) : given;
  checkMapping(table, found, settings);
  const columns = settings.mapping.flatMap(({ heading, to, transforms = [] }) => {
    const field = table.fields.find((each) => each.name === to);
    if (!field) return [];
    const isKey = table.key.includes(field);
    const kind = KINDS[field.type] ?? 'text';
    const read = cellReader(kind, settings);
    const transform = compileTransforms(transforms);
    const coerce = cellCoercion(table, field);
    const convert = (text: string): ReturnType<Coerce> => {
      const changed = transform === null ? text : transform(text);
      const value = typeof changed === 'string' && changed !== '' ? read(changed) : changed;
      return value instanceof Refusal ? value : coerce(value);
    };
    return [{ place: found.headings.indexOf(heading), field, isKey, kind, convert }];
  });
  const leaves = settings.emptyCells === 'leave';
  return {
    table,
    columns: columns.map((column) => column.field),
    // New contacts of a project of type A come from Salesforce.
    mode: table.isOwnedBySalesforce ? 'update' : settings.mode,
    read: (cells) => readRow(columns, cells, leaves),
  };
}

function readRow(
  columns: readonly Column[],
  cells: readonly string[],
  leaves: boolean,
): WrittenRow | Rejected {
  // As long as it will be: a list that grows is copied, and has room for more than it gets.
  const values = new Array<string | null | undefined>(columns.length);
  let index = -1;
  for (const { place, field, isKey, kind, convert } of columns) {
    index += 1;
    const text = textFor(kind, cells[place] ?? '');
    const value = convert(text);
    if (text === '' && !isKey && leaves && (value === null || value instanceof Refusal)) continue;
    if (value instanceof Refusal) {
      if (isKey && value.code === 'required')
        return rejected('primary-key-null', field.name, say('rows.no-key', { column: field.name }));
      return rejected(value.code, field.name, value.message);
    }
    values[index] = value;
  }
  return values;
}

function checkMapping(table: WrittenTable, found: FoundFile, settings: ImportSettings): void {
  const seen = new Set<string>();
  for (const { heading, to } of settings.mapping) {
    if (!found.headings.includes(heading))
      throw unprocessable('unknown-heading', `The file has no column ${heading}.`);
    const field = table.fields.find((each) => each.name === to);
    if (!field) throw unprocessable('unknown-column', `${table.code} has no column ${to}.`);
    if (seen.has(to)) throw unprocessable('column-mapped-twice', `${to} is mapped twice.`);
    seen.add(to);
    if (table.ownedColumns.has(to)) {
      const { code, message } = filledBySalesforce(to);
      throw unprocessable(code, message);
    }
    if (field.type === 'date' || field.type === 'timestamp') checkDates(found, settings, heading);
  }
  const missing = table.key.map((field) => field.name).filter((name) => !seen.has(name));
  if (missing.length > 0)
    throw unprocessable(
      'primary-key-missing',
      `The primary key is not mapped: ${missing.join(', ')}. The file has ${found.headings.join(', ')}.`,
    );
}

/** Days and months are not guessed. */
export function checkDates(found: FoundFile, settings: Pick<ImportSettings, 'dates'>, heading: string): void {
  const order = givenValue(found.dates, heading);
  if (settings.dates === null && order !== undefined && order !== 'iso')
    throw unprocessable(
      'date-order-open',
      `${heading} holds dates whose day and month cannot be told apart: choose dmy or mdy as dates.`,
    );
}
